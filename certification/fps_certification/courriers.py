"""The letters that a product, or the reference collectivité, wrote to people: each read, printed, and its mentions looked for."""

import json
from collections.abc import Iterable

from fps.flows import by_type
from fps.messages.message import MessageClass
from fps.parties import Party
from fps.regles.mentions import ConstatDeMention, examiner, listes
from fps_certification.observation import Courrier
from fps_simulateur.impression import pdf
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.pilote.pilot import Pilot


async def remis(monde: QuatreServices, bac: str, numeros: Iterable[str]) -> tuple[Courrier, ...]:
    """The letters of the collectivité about these FPS, each with what it lacks. Raises PiloteErreur."""
    found: list[Courrier] = []
    for numero in dict.fromkeys(numeros):
        for un in await monde.pilot.courriers(bac, numero):
            if un["de"] != Party.COLLECTIVITE.value or un["type"] not in listes():
                continue
            constats = await _constats(monde.pilot, bac, Party(un["service"]), un["id"], by_type(un["type"]))
            found.append(Courrier(un["type"], numero, un["id"], tuple((c.mention, c.manque) for c in constats)))
    return tuple(found)


async def _constats(pilot: Pilot, bac: str, service: Party, id_: str, cls: MessageClass) -> list[ConstatDeMention]:
    """What was found of each mention: by the service that took the letter of a product, else in what the reference system prints."""
    if service is not Party.COLLECTIVITE:
        dites = await pilot.mentions(bac, service, id_)
        return [ConstatDeMention(une["mention"], une["article"], une["manque"]) for une in dites]
    message = cls.model_validate_json(json.dumps(await pilot.courrier(bac, service, id_)))
    return examiner(message, "\n".join(pdf.textes(await pilot.pdf(bac, service, id_))))
