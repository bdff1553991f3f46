"""Products that do not hear a recourse as they must: a rejection that gives way, an acceptance without effect, a second one, a late one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from collectivite.actes import rapo
from collectivite.actes.etablissement import numero_rectificatif
from collectivite.actes.transmission.envoi import transmettre
from collectivite.domain.messages import annulation
from tests.certification.mutants import Mutant, regle

DECISION = vars(rapo)["_decision"]
ACCUSER = vars(rapo)["_accuser"]
ICI = "collectivite.actes.rapo"


def _ceder(forfait: Any, depose: Any, sens: Any, work: Any) -> Any:
    """A rejection, after which the FPS is withdrawn all the same."""
    if sens == "rejet":
        transmettre(forfait, annulation(forfait, "rapo", "Bienveillance.", work.now), work)
    return DECISION(forfait, depose, sens, work)


async def _sans_effet(forfait: Any, depose: Any, montant: int, agent: str, motif: str, work: Any) -> None:
    """Accept, write it to who contested, and tell nobody else."""
    depose.numero_avis = await numero_rectificatif(forfait.siret, agent, work)


def _recevoir_encore(depose: Any, depot: Any, message: Any, work: Any) -> Any:
    """Take a second RAPO as the first."""
    return ACCUSER(depose, work)


def _jamais(*donnees: Any) -> date:
    """The product believes that no title is ever issued."""
    return date(2199, 1, 1)


DU_RAPO: tuple[Mutant, ...] = (
    regle("rejet-qui-cede", "rapo-rejete", {f"{ICI}._decision": _ceder}),
    regle("acceptation-en-partie-sans-effet", "rapo-accepte-en-partie", {f"{ICI}._accepter": _sans_effet}),
    regle("second-rapo-recu", "rapo-deux-fois", {f"{ICI}._completer": _recevoir_encore}),
    regle("rapo-d-apres-le-titre-recu", "rapo-apres-le-titre", {"collectivite.domain.forfait.emission_titre_le": _jamais}),
)
ATTRAPES_DU_RAPO: Mapping[str, str] = {
    "rejet-qui-cede": "EX-303",
    "acceptation-en-partie-sans-effet": "EX-305",
    "second-rapo-recu": "EX-306",
    "rapo-d-apres-le-titre-recu": "EX-307",
}
