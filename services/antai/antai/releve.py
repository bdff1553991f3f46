"""What ANTAI says in the statement of a bac: its dossiers."""

from collections.abc import Sequence

from antai.domain.dossier import Dossier
from fps.kit.engine.releve import Releveur, lire, totaux
from fps.kit.engine.work import Work
from fps.releves import DossierAntai, EnsembleAntai

SOMMES = ("montant_initial", "montant", "montant_paye", "trop_percu", "majoration")


async def ensemble(work: Work) -> EnsembleAntai:
    """Every dossier."""
    etats, sommes = await totaux(work, Dossier, *SOMMES)
    return EnsembleAntai(dossiers=etats, **sommes)


async def dossiers(work: Work, sujets: Sequence[str]) -> dict[str, DossierAntai]:
    """What is held of each FPS."""
    return {d.numero: DossierAntai.model_validate(d) for d in await lire(work, Dossier, [(sujet,) for sujet in sujets])}


RELEVE = Releveur(ensemble, dossiers)
