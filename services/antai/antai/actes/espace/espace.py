"""An espace numérique: what a bac begins with, found, settled by its agents."""

from antai.domain.espace.espace import Espace, Reglages, espace_initial, exiger
from antai.domain.espace.refus import EspaceAbsent
from fps.kit.engine.work import Work


async def ouverture(siret: str, work: Work) -> None:
    """What a town begins with in a bac that is not `vierge`: its espace and its convention (hypothesis H89)."""
    await work.find_or_add(espace_initial(work.ville(siret), work.now))


async def ouvert(siret: str, work: Work) -> Espace:
    """The open espace of a collectivité; raises EspaceAbsent, EspaceEnAttente, EspaceRefuse."""
    return exiger(await work.find(Espace, siret), siret)


async def demandee(siret: str, work: Work) -> Espace:
    """The espace of a collectivité, whatever became of its request; raises EspaceAbsent."""
    espace = await work.find(Espace, siret)
    if espace is None:
        raise EspaceAbsent(f"Collectivité {siret}.")
    return espace


async def regler(siret: str, reglages: Reglages, work: Work) -> Espace:
    """The settings that its agents choose, all of them; raises EspaceAbsent, EspaceEnAttente, EspaceRefuse."""
    espace = await ouvert(siret, work)
    espace.reglages = reglages
    return espace
