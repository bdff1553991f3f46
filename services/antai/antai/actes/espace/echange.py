"""The condition of every exchange: an open espace, a convention in force; and what it makes of the messages."""

from collections.abc import Iterable
from dataclasses import dataclass

from antai.actes.espace.espace import ouvert
from antai.domain.dossier import Dossier
from antai.domain.espace.espace import Espace
from fps.confiance.habilitation import Habilitation, sirets_cites, sirets_de, zone_de
from fps.droit.calculs import Cycle
from fps.kit.engine.work import Key, Work
from fps.messages.message import Message
from fps.messages.parties_prenantes import ContactRapo
from fps.villes.reductions import Reduction


def cles(message: Message) -> Iterable[Key]:
    """The espaces to load with a message."""
    return ((Espace, (siret,)) for siret in sirets_cites(message))


async def acces(message: Message | None, habilitation: Habilitation | None, work: Work) -> str | None:
    """Raises the refusal of the first missing step (espace, convention); gives the zone: the message's own, else its dossier's."""
    sirets = sirets_de(message, work.villes) if message is not None else (habilitation.siret,) if habilitation is not None else ()
    for siret in sirets:
        (await ouvert(siret, work)).exiger_convention(work.today)
    if message is None:
        return None
    zone = zone_de(message)
    if zone is None and (dossier := await work.find(Dossier, message.sujet)) is not None:
        return dossier.zone
    return zone


@dataclass(frozen=True, slots=True)
class Convenu:
    """What the espace of a collectivité makes of its messages; None for a SIRET that the bac does not know."""

    cycle: Cycle
    minoration: Reduction | None
    contact_rapo: ContactRapo | None


async def convenu(siret: str, work: Work) -> Convenu | None:
    """The cycle of the convention in force, and what the agents declared; raises the refusal of the missing step."""
    if not work.villes.connait(siret):
        return None
    espace = await ouvert(siret, work)
    reglages = espace.reglages
    return Convenu(espace.exiger_convention(work.today).cycle, reglages.minoration, reglages.contact_rapo)
