"""What goes wrong from the keyboard, in one table: a sentence, an exit status of its own, the bac as it was or resumed by the same command.

The commands are those of a person, on the world of the tests; what a file of lives says wrong is in `test_play.py` and `test_langue.py`.
"""

import asyncio
import gzip
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from fps.kit.engine import avances
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_console.cli.principal import main
from fps_console.commandes import liaison, play
from fps_simulateur.joueur import constat
from fps_simulateur.pilote.pilot import Pilot
from fps_simulateur.pilote.transfert import exporter
from fps_simulateur.pilote.world import World
from tests.parler.editeur import Editeur
from tests.parler.partie import bac_neuf
from tests.scenarios.test_an_advance_that_is_cut import Cut, journal

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEPART = date(2023, 9, 28)
LILLE = "21590350100017"
Commande = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def commande(monde: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commande:
    """`fps …` on the world of the tests; gives its status and what it says. `requetes`: how many go through before a service is cut off."""

    async def taper(*mots: str | Path, requetes: int | None = None) -> tuple[int, str]:
        boucle = asyncio.get_running_loop()

        @asynccontextmanager
        async def relie(settings: Any) -> AsyncIterator[Pilot]:
            if requetes is None:
                yield monde.pilot
                return
            async with httpx.AsyncClient(transport=Cut(monde.client._transport, requetes)) as client:
                yield Pilot(client, monde.addresses, "essai")

        ici = SimpleNamespace(run=lambda suite: asyncio.run_coroutine_threadsafe(suite, boucle).result())
        for module in (liaison, play):
            monkeypatch.setattr(module, "linked", relie)
            monkeypatch.setattr(module, "asyncio", ici)
        statut = await asyncio.to_thread(main, [str(mot) for mot in mots])
        dit = capsys.readouterr()
        assert "Traceback" not in dit.err and "imprévue" not in dit.err, dit.err
        return statut, dit.err

    return taper


async def un_dossier(monde: World, nom: str) -> str:
    bac = await bac_neuf(monde, DEPART, nom)
    assert (await monde.client.post(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=constat({}))).status_code == 201
    await monde.pilot.au_calme(bac)
    return bac


async def test_a_day_that_is_past_or_is_none_and_an_advance_meanwhile_leave_the_bac_as_it_was(monde: World, commande: Commande) -> None:
    bac = await un_dossier(monde, "faux-jour")
    avant = await journal(monde, bac), await monde.pilot.etat(bac)
    faux: dict[tuple[str, ...], tuple[int, str]] = {
        ("--jusqua", "2023-09-01"): (5, "28/09/2023"),
        ("--jusqua", "2023-02-30"): (2, "« 2023-02-30 » n'est pas une date"),
        ("--de", "3 mois"): (2, "« 3 mois » n'est pas une durée"),
        ("--to", "avertisement"): (2, "vouliez-vous dire « avertissement » ?"),
        ("--bac", "absent", "--de", "P1D"): (1, "« absent »"),
    }
    for mots, (statut, phrase) in faux.items():
        trouve = await commande("advance", "--bac", bac, *mots)
        assert trouve[0] == statut and phrase in trouve[1], (mots, trouve)
    autre = Pilot(monde.client, monde.addresses, "essai", qui="Anne")
    async with autre._seul(bac, paris(date(2024, 1, 1))):
        statut, dit = await commande("advance", "--bac", bac, "--de", "P1D")
    assert statut == 75 and "Anne" in dit, dit
    assert (await journal(monde, bac), await monde.pilot.etat(bac)) == avant
    assert (await commande("advance", "--bac", bac, "--de", "P1D"))[0] == 0


async def test_a_service_that_goes_away_in_the_middle_and_a_product_that_is_silent_are_resumed_by_the_same_command(
    monde: World, commande: Commande, editeur: Editeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avances, "PATIENCE", timedelta(0))  # the advance that was cut is succeeded at once
    calme, coupe = await un_dossier(monde, "calme"), await un_dossier(monde, "coupe")
    mots = ("advance", "--jusqua", "2024-02-01", "--bac")
    assert (await commande(*mots, calme))[0] == 0
    for requetes in (0, 12, 30):
        statut, dit = await commande(*mots, coupe, requetes=requetes)
        assert statut == 69 and "ne répond pas" in dit and "fps doctor" in dit, (requetes, dit)
    assert (await commande("play", "deux-roues-paris", "--bac", f"{coupe}-p", requetes=0))[0] == play.Statut.SIMULATEUR
    assert (await commande(*mots, coupe))[0] == 0
    assert (await journal(monde, coupe)).replace(coupe.encode(), b"") == (await journal(monde, calme)).replace(calme.encode(), b"")

    editeur.refuser(503)
    url = f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{coupe}/destinations/{LILLE}"
    assert (await monde.client.put(url, json={"mode": "adresse", "adresse": editeur.adresse, "temps": True})).status_code == 200
    statut, dit = await commande("advance", "--bac", coupe, "--jusqua", "2024-02-02", "--attente", "0")
    assert statut == 4 and "n'a pas acquitté" in dit and "relancez la même avance" in dit, dit
    editeur.refuser(200)
    assert (await commande("advance", "--bac", coupe, "--jusqua", "2024-02-02"))[0] == 0
    assert (await monde.pilot.etat(coupe))["instant"] == paris(date(2024, 2, 2)).isoformat()


async def test_a_file_that_is_damaged_or_foreign_makes_no_bac_and_does_not_touch_the_one_that_is_there(
    monde: World, commande: Commande, tmp_path: Path
) -> None:
    bac = await un_dossier(monde, "export")
    flot = b"".join([some async for some in exporter(monde.pilot, bac)])
    tassee = io.BytesIO()
    with gzip.GzipFile("", "wb", 6, tassee, mtime=0) as out:
        out.write(flot)
    fichiers = {
        "coupe.gz": (tassee.getvalue()[:-40], "le fichier est coupé"),
        "coupe.json": (flot[:-200], "elle est coupée"),
        "change.json": (flot.replace(b"2023-09-28", b"2023-09-29"), "le fichier a été changé"),
        "vide.json": (b"", "n'est pas un fichier JSON"),
        "image.png": (b"\x89PNG\r\n\x1a\n\x00\x00", "n'est pas un fichier JSON"),
        "liste.json": (b"[1]", "n'est pas un export de bac"),
        "ailleurs.json": (b'{"services": 3}', "n'est pas un export de bac"),
    }
    avant = await monde.pilot.etat(bac), await journal(monde, bac)
    for nom, (octets, phrase) in fichiers.items():
        (tmp_path / nom).write_bytes(octets)
        for cible in (f"{bac}-neuf", bac):
            statut, dit = await commande("bac", "importer", cible, tmp_path / nom)
            assert (statut, phrase in dit) == (65, True) or cible == bac, (nom, dit)
            assert statut, (nom, dit)
    assert (await commande("bac", "importer", f"{bac}-neuf", tmp_path / "absent.json"))[0] == 1
    restes = {nom for noms in (await monde.pilot._all("GET", "/bacs")).values() for nom in noms if nom.startswith(bac)}
    assert restes == {bac} and (await monde.pilot.etat(bac), await journal(monde, bac)) == avant
