"""The command `fps expliquer`: who is asked, in what words, and what is said when nobody knows the field."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from fps.messages.recours_usager import Requete
from fps.parties import Party
from fps_console.commandes.explique import PLACES, ask, champ_dit, told
from fps_console.commandes.output import Panne
from fps_console.commandes.temps import instant
from fps_console.mots.champs import CHAMPS
from fps_simulateur.pilote.world import World, open_world
from tests.console.simulator import DEMANDE
from tests.parler.explications import Explications

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTIFIE = date(2026, 10, 29)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with open_world() as found:
        await found.pilot.creer("defaut", instant("2026-06-28T10:00"))
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def numero(world: World) -> str:
    """A FPS that became a title, before the court, which has just discharged it."""
    made = await world.client.post(f"{world.addresses[Party.COLLECTIVITE]}/fps", json=DEMANDE)
    numero = str(made.json()["numero"])
    await world.pilot.avancer("defaut", instant("2026-11-10"))
    corps = {**Requete.example, "numero_fps": numero, "date_notification_avertissement": NOTIFIE.isoformat()}
    answer = await world.client.post(f"{world.addresses[Party.CCSP]}{Requete.path}", json=corps)
    assert answer.status_code == 200, answer.text
    await world.pilot.avancer("defaut", instant("2027-03-01"))
    juge = {"nature": "jugement", "sens": "decharge-totale", "motifs": "Cession.", "fps_du": 3500, "majoration_due": 5000}
    url = f"{world.addresses[Party.CCSP]}/requetes/{answer.json()['numero_requete']}/decision"
    assert (await world.client.post(url, json=juge)).status_code == 200
    await world.pilot.avancer("defaut", instant("2027-03-02"))
    return numero


async def dit(world: World, numero: str, champ: str) -> str:
    service, found = await ask(world.pilot, "defaut", numero, champ)
    return "\n".join(told(numero, service, found)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("champ", "attendu"),
    [
        ("payer_avant_le", "Payer avant le : 5 octobre 2026 (ANTAI)"),
        ("rabais", "Rabais : 17,00 € (DGFiP)"),
        ("limite_defense", "Défense avant le : 11 décembre 2026 (Juridiction du stationnement payant, requête 26000001)"),
        ("decision.amende_abus", "Amende pour recours abusif : 0,00 € (Juridiction du stationnement payant, requête 26000001)"),
        ("fin_effets", "Fin des effets du FPS : 28 juin 2026 15:00 (Collectivité)"),
        ("recours.date_limite_execution", "Exécution de la décision avant le : 9 juin 2027 (Collectivité)"),
        ("collectivite.date_envoi", "Date d'envoi : 29 juin 2026 (Collectivité)"),
        ("dgfip.date_envoi", "Date d'envoi : 23 octobre 2026 (DGFiP)"),
    ],
)
async def test_each_service_answers_for_what_it_computes(world: World, numero: str, champ: str, attendu: str) -> None:
    assert (await dit(world, numero, champ)).splitlines()[0] == attendu


async def test_a_petition_is_asked_by_its_own_number(world: World, numero: str) -> None:
    lines = await dit(world, "26000001", "limite_pourvoi")
    assert lines.splitlines()[0] == "Pourvoi en cassation avant le : 10 mai 2027 (Juridiction du stationnement payant)"
    assert "notification = 9 mars 2027" in lines and "délai du pourvoi, en mois : 2" in lines
    with pytest.raises(Panne, match="aucune requête sous ce numéro"):
        await ask(world.pilot, "defaut", "27999999", "limite_pourvoi")


async def test_a_fact_says_which_act_it_comes_from(world: World, numero: str) -> None:
    assert (await dit(world, numero, "decision.fps_decharge")).splitlines()[1:] == [
        "  Décidé par le juge : part du FPS dont le requérant est déchargé [CGCT, art. R. 2333-120-56]"
    ]


async def test_a_field_that_nobody_explains_is_answered_by_those_that_each_service_knows(world: World, numero: str) -> None:
    with pytest.raises(Panne) as caught:
        await ask(world.pilot, "defaut", numero, "rien")
    lists = dict(part.split(" : ") for part in caught.value.que_faire.rstrip(".").partition(" — ")[2].split(" ; "))
    known = {nom: set(fields.split(", ")) for nom, fields in lists.items()}
    assert "« rien »" in caught.value.phrase and known["DGFiP"] >= {"rabais", "majoration"}
    assert "date_limite_paiement" in known["ANTAI"]
    assert "a_payer" in known["Collectivité"] and "decision.amende_abus" in known["Juridiction du stationnement payant"]
    with pytest.raises(Panne) as caught:
        await ask(world.pilot, "defaut", numero, "ccsp.rien")
    assert "Juridiction" in caught.value.que_faire and "ANTAI" not in caught.value.que_faire


def noms(node: Mapping[str, Any]) -> Iterator[str]:
    """Every name that a derivation shows: inputs, dated values, steps."""
    yield from node["entrees"]
    yield from (lu["nom"] for lu in node["lu"])
    for below in (*node["origines"].values(), *node["etapes"]):
        yield from noms(below)


async def test_every_field_every_input_and_every_dated_value_has_its_french_word(world: World, numero: str) -> None:
    shown: set[str] = set()
    for party, chemin in PLACES:
        explications = Explications(world, party, "defaut", f"/{chemin}/{numero}")
        for champ in await explications.connus():
            shown.add(champ)
            answer = await explications.demander(champ)
            if answer.status_code == 200 and answer.json()["arbre"] is not None:
                shown.update(noms(answer.json()["arbre"]))
    assert len(shown) > 100 and sorted(shown - set(CHAMPS)) == []
    assert champ_dit("rapo.decide_le") == "Décision sur le RAPO"
