"""Who may file by the interface: the steps that a collectivité has done, and the first one that is missing."""

from collections.abc import Iterable

from ccsp.domain import refus_portail as refus
from ccsp.domain.teletransmission import Homologation, Teletransmission, exiger, manques
from fps.confiance.habilitation import Habilitation, sirets_cites, sirets_de
from fps.confiance.refus import AccesRefuse
from fps.kit.engine.work import Key, Work
from fps.messages.message import Message
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense


async def acces(message: Message | None, habilitation: Habilitation | None, work: Work) -> str | None:
    """What a filing by the interface needs besides an active certificate; a paper one has nothing more to show.

    Raises PortailParSession, and the first missing step: cahier des charges, homologation, convention.
    """
    if isinstance(message, MemoireDefense | PieceDefense):
        if message.canal == "portail":
            raise refus.PortailParSession(f"Message « {message.nom} ».")
        if message.canal == "teletransmission":
            for siret in sirets_de(message, work.villes):
                await exiger_tout(siret, work)
    return None


def cles_acces(message: Message) -> Iterable[Key]:
    """The state of the collectivités that a message names."""
    return [(Teletransmission, (siret,)) for siret in sirets_cites(message)]


def initiale(siret: str, work: Work) -> Teletransmission | None:
    """What a collectivité begins with: the reference system in an ordinary bac (hypothesis H93), nothing in a blank one."""
    return None if work.bac.vierge else Teletransmission.de_reference(siret)


async def suivi_de(siret: str, work: Work) -> tuple[Teletransmission | None, Homologation | None]:
    """Where a collectivité stands, with its last test session; raises CommuneInconnue."""
    work.ville(siret)
    suivi = await work.find(Teletransmission, siret) or initiale(siret, work)
    seance = await work.find(Homologation, siret, suivi.seances) if suivi is not None and suivi.seances else None
    return suivi, seance


async def manques_de(siret: str, work: Work) -> list[AccesRefuse]:
    """Every missing step of a collectivité."""
    return manques(*await suivi_de(siret, work), work.today)


async def exiger_tout(siret: str, work: Work) -> None:
    """Raises the first missing step of a collectivité."""
    suivi, seance = await suivi_de(siret, work)
    exiger(suivi, work.today, seance)


async def exiger_signee(siret: str, work: Work) -> None:
    """Raises the first missing step before the activation of a certificate: a convention to come is enough (production d'avance)."""
    try:
        await exiger_tout(siret, work)
    except refus.ConventionPasEncoreEnVigueur:
        return


async def commencee(siret: str, work: Work) -> Teletransmission:
    """Where a collectivité stands since it accepted the cahier des charges; raises CahierNonAccepte, CommuneInconnue."""
    suivi, _ = await suivi_de(siret, work)
    if suivi is None or suivi.cahier_accepte_le is None:
        raise refus.CahierNonAccepte(f"SIRET {siret}.")
    return await work.find_or_add(suivi)


async def exiger_cahier(siret: str, work: Work) -> None:
    """Raises CahierNonAccepte, CommuneInconnue."""
    await commencee(siret, work)
