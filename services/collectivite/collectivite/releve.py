"""What the collectivité says in the statement of a bac: its FPS."""

from collections.abc import Sequence

from collectivite.domain.forfait import Forfait
from fps.kit.engine.releve import Releveur, lire, totaux
from fps.kit.engine.work import Work
from fps.releves import EnsembleCollectivite, ForfaitReleve

SOMMES = ("montant", "creance", "dette", "montant_paye", "part_titre", "rembourse")


async def ensemble(work: Work) -> EnsembleCollectivite:
    """Every FPS."""
    etats, sommes = await totaux(work, Forfait, *SOMMES)
    return EnsembleCollectivite(forfaits=etats, **sommes)


async def dossiers(work: Work, sujets: Sequence[str]) -> dict[str, ForfaitReleve]:
    """What is held of each FPS."""
    return {f.numero: ForfaitReleve.model_validate(f) for f in await lire(work, Forfait, [(sujet,) for sujet in sujets])}


RELEVE = Releveur(ensemble, dossiers)
