"""Products that are wrong when the network is: they give up, double, do not wait, believe anybody, lose a letter that comes badly."""

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any

from fps.kit.wire import carrier
from fps.messages.comptable import TitreAnnulationRecette
from fps.messages.information_paiement import FpsPaye, PaiementRejete
from fps.messages.message import MessageClass
from fps.messages.mfps import AccuseFps, AnnulationFps, CreationFps
from fps.messages.recours_collectivite import CommunicationRequete
from fps_certification.sujets import porte
from tests.certification.mutants import Mutant, avec, de_suite, regle


def neuve(entetes: dict[str, str]) -> dict[str, str]:
    """Another key at each try."""
    return entetes | {"idempotency-key": secrets.token_hex(8)}


def double(nom: str, epreuve: str, message: MessageClass) -> Mutant:
    """A product that sends a message again under another key."""
    return Mutant(nom, (epreuve,), message, entetes=neuve)


def inattentif(epreuve: str) -> Mutant:
    """A product that sends again as it must, and does not read the accusé that comes then."""
    return Mutant(f"{epreuve}-accuse-perdu", (epreuve,), sourd=frozenset({AccuseFps}))


def _garder_pour_soi(*donnes: Any, **plus: Any) -> None:
    """Tell nobody."""


def perdue(epreuve: str, quoi: MessageClass) -> Mutant:
    """A product that loses the letter that came so."""
    return Mutant(f"{epreuve}-perdue", (epreuve,), sourd=frozenset({quoi}), poussees=True)


def _cru(signature: str, corps: bytes, cles: Mapping[str, Any], url: str, lettre: str) -> dict[str, Any]:
    """Whatever the signature is."""
    premier = signature.partition(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(premier + "=" * (-len(premier) % 4)))
    return found


class Susceptible(porte.Porte):
    """A product that refuses a letter when it comes again."""

    async def recevoir(self, chemin: str, entetes: Mapping[str, str], corps: bytes) -> tuple[int, Any]:
        """409 the second time."""
        cle = entetes.get("idempotency-key", "")
        vues: set[str] = self.__dict__.setdefault("vues", set())
        if cle in vues:
            return 409, {"code": "deja-recue"}
        vues.add(cle)
        return await super().recevoir(chemin, entetes, corps)


PORTE = "fps_certification.sujets.porte"
LIGNE = "fps.kit.wire.carrier"
DU_RESEAU: tuple[Mutant, ...] = (
    regle("abandonne-au-503", "robustesse-503", {f"{LIGNE}.FINAL": carrier.FINAL | {503}}),
    regle("n-attend-pas", "robustesse-503", {f"{LIGNE}.retry_after": lambda answer: None}),
    double("double-apres-une-erreur", "robustesse-reponse-perdue", CreationFps),
    double("double-apres-une-coupure", "robustesse-reponse-coupee", CreationFps),
    regle("s-arrete-a-la-revocation", "robustesse-certificat-revoque", {f"{LIGNE}.DU_CERTIFICAT": frozenset()}),
    double("annule-deux-fois", "robustesse-annulation", AnnulationFps),
    double("rembourse-deux-fois", "robustesse-remboursement", TitreAnnulationRecette),
    inattentif("robustesse-reponse-perdue"),
    inattentif("robustesse-reponse-coupee"),
    inattentif("robustesse-reponse-lente"),
    regle("annule-sans-le-dire", "robustesse-annulation", {"collectivite.actes.annulation.transmettre": _garder_pour_soi}),
    de_suite("rembourse-a-moitie", "robustesse-remboursement", TitreAnnulationRecette, avec(montant=lambda m: m - 100)),
    perdue("reception-requete-deux-fois", CommunicationRequete),
    Mutant("signature-non-verifiee", ("reception-d-un-inconnu",), patches=((f"{PORTE}.verifier", _cru),), poussees=True),
    Mutant("corps-altere-cru", ("reception-alteree",), patches=((f"{PORTE}.verifier", _cru),), poussees=True),
    Mutant("refuse-ce-qui-revient", ("reception-doublon",), patches=((f"{PORTE}.Porte", Susceptible),), poussees=True),
    Mutant("refuse-apres-sa-reponse-perdue", ("reception-reponse-perdue",), patches=((f"{PORTE}.Porte", Susceptible),), poussees=True),
    perdue("reception-doublon", FpsPaye),
    perdue("reception-reponse-perdue", FpsPaye),
    perdue("reception-coupee", FpsPaye),
    perdue("reception-en-retard", PaiementRejete),
    perdue("reception-en-desordre", FpsPaye),
    perdue("reception-en-rafale", FpsPaye),
    perdue("reception-alteree", FpsPaye),
)
ATTRAPES_DU_RESEAU: Mapping[str, str] = {
    "abandonne-au-503": "EX-063 EX-190 EX-600",
    "n-attend-pas": "EX-064",
    "double-apres-une-erreur": "EX-002 EX-062",
    "double-apres-une-coupure": "EX-002 EX-062",
    "s-arrete-a-la-revocation": "EX-190 EX-604 EX-607",
    "annule-deux-fois": "EX-002 EX-062",
    "rembourse-deux-fois": "EX-002 EX-062",
    "robustesse-reponse-perdue-accuse-perdu": "EX-601",
    "robustesse-reponse-coupee-accuse-perdu": "EX-602",
    "robustesse-reponse-lente-accuse-perdu": "EX-603",
    "annule-sans-le-dire": "EX-605",
    "rembourse-a-moitie": "EX-606",
    "reception-requete-deux-fois-perdue": "EX-208",
    "signature-non-verifiee": "EX-005 EX-207",
    "corps-altere-cru": "EX-082 EX-206 EX-521",
    "refuse-ce-qui-revient": "EX-004 EX-082 EX-210 EX-521",
    "refuse-apres-sa-reponse-perdue": "EX-004 EX-082 EX-521",
    "reception-doublon-perdue": "EX-200",
    "reception-reponse-perdue-perdue": "EX-201",
    "reception-coupee-perdue": "EX-202",
    "reception-en-retard-perdue": "EX-203",
    "reception-en-desordre-perdue": "EX-204",
    "reception-en-rafale-perdue": "EX-205",
    "reception-alteree-perdue": "EX-206",
}
