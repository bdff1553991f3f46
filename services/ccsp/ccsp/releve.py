"""What the court says in the statement of a bac: its petitions."""

from collections.abc import Sequence

from ccsp.domain.requete import Requete, RequeteDuFps
from fps.kit.engine.releve import Releveur, lire, totaux
from fps.kit.engine.work import Work
from fps.releves import DossierCcsp, EnsembleCcsp, RequeteRelevee


async def ensemble(work: Work) -> EnsembleCcsp:
    """Every petition."""
    return EnsembleCcsp(requetes=(await totaux(work, Requete))[0])


async def dossiers(work: Work, sujets: Sequence[str]) -> dict[str, DossierCcsp]:
    """The petitions about each FPS, in the order of their numbers."""
    liens = await lire(work, RequeteDuFps, [(sujet,) for sujet in sujets], ("numero_fps",))
    found: dict[str, list[RequeteRelevee]] = {}
    for requete in sorted(await lire(work, Requete, [(lien.numero,) for lien in liens]), key=lambda r: r.numero):
        found.setdefault(requete.numero_fps, []).append(RequeteRelevee.model_validate(requete))
    return {numero: DossierCcsp(requetes=tuple(requetes)) for numero, requetes in found.items()}


RELEVE = Releveur(ensemble, dossiers)
