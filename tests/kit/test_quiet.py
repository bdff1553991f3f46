"""A bac is quiet when the letters written have arrived: what nobody wrote counts for nothing, and nothing moves during an export."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete

from fps.kit.data import tables
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Party
from fps_simulateur.pilote import calme
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World
from tests.parler.exports import monde_exporte
from tests.parler.ville import Ville, une_autre

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 6, 15)


def malformee(bac: str, n: int, **champs: Any) -> bytes:
    """A pack of one letter that nobody can read, in the name of a service."""
    event = {"id": f"intruse-{n}", "bac": bac, "type": CreationFps.type, "source": "/services/collectivite", "subject": "x", "data": {}}
    return json.dumps([event | champs]).encode()


async def test_letters_that_nobody_wrote_do_not_count_as_arrived(ville: Ville, monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, antai = monde.services[Party.COLLECTIVITE], monde.services[Party.ANTAI]
    await one.relay.stop()
    for n in range(3):
        assert (await ville.poster("/fps", une_autre(n))).status_code == 201
    async with one.service.database.write() as tx:  # as once the broker has them: on their way, in no database
        await tx.execute(delete(tables.outbox).where(tables.outbox.c.bac == ville.bac))
    one.relay.start()
    packs = [malformee(ville.bac, n) for n in range(10)]
    await antai.inbound.take([*packs, *packs])
    comptes = (await monde.pilot.etat(ville.bac))["comptes"]
    assert (comptes["ecrites"], comptes["ecartees"], comptes.get("mortes", 0)) == (3, 10, 0)
    assert len(await monde.pilot.lettres_mortes(ville.bac)) == 10
    monkeypatch.setattr(calme, "QUIET", 0.0)
    with pytest.raises(PiloteErreur, match="Le courrier n'arrive pas"):
        await monde.pilot.au_calme(ville.bac)
    rejeu = await monde.client.post(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{ville.bac}/lettres-mortes/rejouer")
    assert rejeu.json() == {"rejouees": 0}
    assert (await monde.pilot.etat(ville.bac))["comptes"]["ecartees"] == 10  # tried again, unreadable again, counted once


@pytest.mark.parametrize("act", ["exporter", "copier"])
async def test_a_bac_that_moves_while_it_is_read_is_not_given(
    ville: Ville, monde: World, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """A person acts between the first and the last service: what was read is not one world, and says so."""
    appeler, lire, cible = monde.pilot._call, monde.pilot._octets, f"{ville.bac}-copie"

    async def agir(service: Party) -> None:
        if service is SERVICES[0]:
            assert (await ville.poster("/fps", une_autre(9))).status_code == 201

    async def appel(service: Party, method: str, path: str, **options: Any) -> Any:
        answer = await appeler(service, method, path, **options)
        if path.endswith("/copie"):
            await agir(service)
        return answer

    async def lecture(service: Party, path: str) -> AsyncIterator[bytes]:
        async for some in lire(service, path):
            yield some
        await agir(service)

    async def faire() -> None:
        await (monde_exporte(monde, ville.bac) if act == "exporter" else monde.pilot.copier(ville.bac, cible))

    with monkeypatch.context() as patch:
        patch.setattr(monde.pilot, "_call", appel)
        patch.setattr(monde.pilot, "_octets", lecture)
        with pytest.raises(PiloteErreur) as refused:
            await faire()
        assert refused.value.problem["code"] == "bac-en-mouvement" and refused.value.problem["que_faire"]
    assert cible not in await monde.pilot.lister()
    await faire()


def vus(**comptes: dict[str, int]) -> dict[Party, Any]:
    """What each service says of a bac, when asked in turn."""
    return {s: {"comptes": comptes.get(s.value, {}), "en_attente": 0} for s in SERVICES}


async def test_one_look_is_enough_only_when_the_two_ends_of_each_way_agree() -> None:
    """Looked at one after the other: the sums can agree while a letter travels, the ways cannot."""
    ecrite = {"ecrites": 1, "vers:antai": 1}
    assert calme.settled(vus()) and calme.settled(vus(collectivite=ecrite, antai={"recues": 1, "venues:collectivite": 1}))
    assert not calme.settled(vus(collectivite=ecrite))
    # A letter of the town travels to ANTAI; the DGFiP has one of ANTAI's, written after ANTAI was looked at.
    traversee = vus(collectivite=ecrite, dgfip={"recues": 1, "venues:antai": 1})
    assert calme.quiet(traversee) and not calme.settled(traversee)
    morte = {"ecrites": 1, "vers:antai": 1, "mortes": 1, "arretees:antai": 1}
    assert calme.settled(vus(collectivite=morte))
    avant = vus(
        collectivite={"ecrites": 2, "vers:antai": 1}, antai={"recues": 2, "venues:collectivite": 1}
    )  # the ways were not counted yet
    assert calme.quiet(avant) and not calme.settled(avant)


async def test_a_quiet_bac_is_looked_at_once(ville: Ville, monde: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each end of each way was counted, whatever became of the letters: received, refused, dead."""
    assert (await ville.poster("/fps", une_autre(1))).status_code == 201
    await monde.pilot.au_calme(ville.bac)
    appeler, demandes = monde.pilot._call, []

    async def appel(service: Party, method: str, path: str, **options: Any) -> Any:
        demandes.append((service, method, path))
        return await appeler(service, method, path, **options)

    monkeypatch.setattr(monde.pilot, "_call", appel)
    etat = await monde.pilot.au_calme(ville.bac)
    assert len(demandes) == len(SERVICES) and etat["comptes"]["ecrites"] > 0


async def test_a_service_answers_when_its_letters_have_left(ville: Ville, monde: World) -> None:
    """Asked to wait, it answers at the first commit after which none is left; not asked, at once."""
    one = monde.services[Party.COLLECTIVITE]
    await one.relay.stop()
    try:
        assert (await ville.poster("/fps", une_autre(2))).status_code == 201
        url = f"{monde.addresses[Party.COLLECTIVITE]}/pilotage/bacs/{ville.bac}"
        assert (await monde.client.get(url)).json()["en_attente"] == 1
        asked = asyncio.create_task(monde.client.get(url, params={"attente": 10}))
        await asyncio.sleep(0.01)
        assert not asked.done()
    finally:
        one.relay.start()
    assert (await asked).json()["en_attente"] == 0
    assert (await monde.client.get(url, params={"attente": 11})).status_code == 422


async def test_only_those_that_hold_letters_or_whose_ways_differ_are_looked_at_again() -> None:
    """The town's letter leaves, reaches ANTAI, which answers it: the DGFiP and the court are asked once."""
    ecrite = {"ecrites": 1, "vers:antai": 1}
    reponse = {"recues": 1, "venues:collectivite": 1, "ecrites": 1, "vers:collectivite": 1}
    suites = {
        Party.COLLECTIVITE: iter([(ecrite, 0), (ecrite, 0), ({**ecrite, "recues": 1, "venues:antai": 1}, 0)]),
        Party.ANTAI: iter([(reponse, 0), (reponse, 0)]),
    }
    demandes: list[set[Party]] = []

    async def regarder(services: Iterable[Party]) -> dict[Party, Any]:
        demandes.append(set(services))
        dits = {s: next(suites[s]) for s in demandes[-1]}
        return {s: {"comptes": comptes, "en_attente": attend} for s, (comptes, attend) in dits.items()}

    premier = vus(collectivite=ecrite)
    premier[Party.COLLECTIVITE]["en_attente"] = 1
    fin = await calme.attendu(premier, regarder, lambda _: None)
    assert fin[Party.ANTAI]["comptes"] == reponse and calme.settled(fin)
    assert demandes == [{Party.COLLECTIVITE}, set(suites), set(suites)]
