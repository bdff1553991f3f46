"""A bac is moved to a day by its name: what is planned, what is not planned yet, the last days, and what never comes."""

from datetime import date, datetime
from typing import Any

import pytest

from fps.droit.numero import telepaiement
from fps.kit.ground.clock import paris
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from fps_console.commandes.avance import named, target
from fps_console.commandes.output import Panne
from fps_simulateur.joueur import constat
from fps_simulateur.pilote.world import World
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEPART = date(2023, 9, 28)
# The life of an unpaid FPS of 28 September 2023, in its order (the catalogue tells the same days).
JOURS = {
    "envoi-avis": date(2023, 9, 29),
    "notification": date(2023, 10, 5),
    "fin-minoration": date(2023, 10, 8),
    "limite-rapo": date(2023, 11, 5),
    "limite-paiement": date(2024, 1, 5),
    "impaye": date(2024, 1, 6),
    "titre": date(2024, 1, 16),
    "avertissement": date(2024, 1, 23),
    "fin-rabais": date(2024, 2, 23),
}


async def etablir(monde: World, bac: str, **avec: Any) -> str:
    answer = await monde.client.post(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=constat(avec))
    assert answer.status_code == 201, answer.text
    await monde.pilot.au_calme(bac)
    return str(answer.json()["numero"])


async def aller(monde: World, bac: str, to: str, dossier: str | None = None) -> datetime:
    asked = {**named(to), **({} if dossier is None else {"dossier": dossier})}
    return await target(monde.pilot, bac, asked, await monde.pilot.etat(bac))


async def test_each_day_of_an_unpaid_fps_is_found_from_the_first_evening_and_reached_in_order(monde: World) -> None:
    bac = await bac_neuf(monde, DEPART, "reperes")
    await etablir(monde, bac)
    before = await monde.pilot.etat(bac)
    assert {nom: (await aller(monde, bac, nom)).date() for nom in JOURS} == JOURS
    assert await monde.pilot.etat(bac) == before and not [b for b in await monde.pilot.lister() if "essai" in b and b.startswith(bac)]
    for nom, le in JOURS.items():
        await monde.pilot.avancer(bac, await aller(monde, bac, nom))
        assert (await monde.pilot.etat(bac))["instant"] == paris(le).isoformat()
    with pytest.raises(Panne, match="« limite-paiement » est passé : c'était le 05/01/2024"):
        await aller(monde, bac, "limite-paiement")


async def test_what_never_comes_is_said_and_nothing_moves(monde: World) -> None:
    bac = await bac_neuf(monde, DEPART, "reperes")
    await etablir(monde, bac)
    await monde.pilot.avancer(bac, await aller(monde, bac, "next"))
    numero = (await monde.pilot._call(Party.ANTAI, "GET", f"/bacs/{bac}/releve/dossiers")).json()["dossiers"][0]["sujet"]
    body = {"numero_telepaiement": telepaiement(numero), "immatriculation": "AB-123-CD", "moyen": "internet", "montant": 2450}
    answer = await monde.client.post(f"{monde.addresses[Party.ANTAI]}/bacs/{bac}{PaiementFps.path}", json=body)
    assert answer.status_code == 200, answer.text
    before = await monde.pilot.au_calme(bac)
    with pytest.raises(Panne, match="« titre » n'arrive pas dans le bac"):
        await aller(monde, bac, "titre")
    assert await monde.pilot.etat(bac) == before


async def test_the_day_of_one_dossier_among_several_needs_its_number(monde: World) -> None:
    bac = await bac_neuf(monde, DEPART, "reperes")
    await etablir(monde, bac)
    await monde.pilot.avancer(bac, await aller(monde, bac, "P1M"))
    second = await etablir(monde, bac, plaque="EF-456-GH")
    with pytest.raises(Panne, match="plusieurs dossiers"):
        await aller(monde, bac, "limite-paiement")
    # Sent on 29 October, notified on 4 November.
    assert (await aller(monde, bac, "limite-paiement", second)).date() == date(2024, 2, 4)
    assert (await aller(monde, bac, "titre")).date() == date(2024, 1, 16)
    assert (await aller(monde, bac, "titre", second)).date() == date(2024, 2, 15)


async def test_a_name_that_is_no_day_gives_the_nearest_and_a_duration_and_a_date_are_taken(monde: World) -> None:
    bac = await bac_neuf(monde, DEPART, "reperes")
    with pytest.raises(Panne, match=r"« avertisement » n'est pas le nom d'un jour ; vouliez-vous dire « avertissement » \?$"):
        await aller(monde, bac, "avertisement")
    with pytest.raises(Panne, match="Aucune échéance n'attend"):
        await aller(monde, bac, "prochaine")
    assert (named("P3M"), named("2024-01-05"), named("titre")) == ({"de": "P3M"}, {"jusqua": "2024-01-05"}, {"a": "titre"})
    answer = await monde.client.get(f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/absent/echeances")
    assert answer.status_code == 404
