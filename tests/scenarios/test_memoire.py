"""What a fork, a recorded life and a comparison hold at once does not grow with the bac: what they read waits in temporary files."""

import gc
import json
import tempfile
import tracemalloc
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fps.kit.ground.clock import paris
from fps.parties import Party
from fps_console.commandes import comparer
from fps_simulateur.pilote import faits, fourche, gestes, lectures
from fps_simulateur.pilote.world import World
from tests.console.simulator import DEMANDE, VEHICULE
from tests.parler.partie import bac_neuf

MONDE = pytest.mark.asyncio(loop_scope="session")
DOSSIERS, LOT = 60, 10
SOIR = paris(date(2024, 1, 12))


def tenus(cle: str, avant: int = 0) -> int:
    """How many lines, as the services wrote them, this process holds now: `cle` is a field that they all have."""
    return sum(type(one) is dict and cle in one for one in gc.get_objects()) - avant


@pytest_asyncio.fixture(loop_scope="session")
async def bac(monde: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bac of some dossiers, read by pages that are few beside them."""
    nom = await bac_neuf(monde, date(2024, 1, 10))
    url = f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{nom}/fps"
    for n in range(DOSSIERS):
        vehicule = VEHICULE | {"immatriculation": f"AB-{100 + n}-CD"}
        made = await monde.client.post(url, json=DEMANDE | {"vehicule": vehicule})
        assert made.status_code == 201, made.text
    await monde.pilot.avancer(nom, paris(date(2024, 1, 14)))
    monkeypatch.setattr(faits, "LOT", LOT)
    monkeypatch.setattr(gestes, "PAGE", LOT)
    monkeypatch.setattr(lectures, "PAGE", LOT)
    return nom


@MONDE
async def test_what_was_asked_of_a_bac_waits_outside_the_memory(monde: World, bac: str) -> None:
    avant, refaits, plus = tenus("rejouable"), 0, 0

    async def noter(geste: gestes.Geste, reponse: Any) -> None:
        nonlocal refaits, plus
        refaits += 1
        if not refaits % LOT:
            plus = max(plus, tenus("rejouable", avant) + sum(isinstance(one, gestes.Geste) for one in gc.get_objects()))

    async with gestes.lire(monde.pilot, bac) as connus:
        await gestes.revivre(monde.pilot, connus, f"{bac}-f", SOIR, noter)
        deux = [next(suite) for suite in (connus.suite(), connus.suite()) for _ in range(2)]
        assert deux[:2] == deux[2:], "two readings do not disturb each other"
    assert refaits >= DOSSIERS and plus <= LOT // 2, (refaits, plus)


@MONDE
async def test_two_journals_are_compared_without_being_held(monde: World, bac: str) -> None:
    await fourche.copier(monde.pilot, bac, f"{bac}-f", SOIR)
    avant, lues, plus = tenus("empreinte"), 0, 0

    def dite(line: Mapping[str, Any]) -> Any:
        nonlocal lues, plus
        lues += 1
        if not lues % 50:
            plus = max(plus, tenus("empreinte", avant))
        return line["empreinte"]

    source, copie = (fourche.jusqu_a(monde.pilot, nom, SOIR) for nom in (bac, f"{bac}-f"))
    assert await faits.premier_ecart(source, copie, dite) is None
    # A line of each sorted run waits for its turn; a run has LOT lines: a tenth of both, and a page that has just come.
    assert lues > DOSSIERS * 10 and plus < lues // 2 // LOT * 4 + LOT * 6, (lues, plus)


@MONDE
async def test_where_two_journals_part_is_the_first_place_in_their_order() -> None:
    def line(jour: int, sujet: str, rang: int, dit: str = "") -> dict[str, Any]:
        return {"date": f"2024-01-{jour:02}T20:00:00+01:00", "sujet": sujet, "rang": rang, "service": "antai", "dit": dit}

    async def suite(*lines: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        for one in lines:
            yield one

    un, deux, trois = line(1, "a", 1), line(1, "b", 1), line(2, "a", 2)
    autre = {**deux, "dit": "x"}
    cas: list[tuple[list[Any], list[Any], Any]] = [
        ([un, deux, trois], [un, deux, trois], None),
        ([], [], None),
        ([un, deux], [un, deux, trois], (trois, None, trois)),
        ([un, deux, trois], [un, deux], (trois, trois, None)),
        ([un, trois], [un, deux, trois], (deux, None, deux)),
        ([un, deux, trois], [deux, trois], (un, un, None)),
        ([un, deux, trois], [un, autre, trois], (deux, deux, autre)),
    ]
    for a, b, attendu in cas:
        assert await faits.premier_ecart(suite(*a), suite(*b), lambda one: one["dit"]) == attendu


async def numeros(combien: int, pas: int) -> AsyncGenerator[str, None]:
    for n in range(0, combien, pas):
        yield f"{n:026}"


@MONDE
async def test_the_numbers_of_two_bacs_are_met_without_being_held() -> None:
    seuls: list[list[str]] = [[], [], []]
    async for numero, (a, b) in comparer.ensemble(numeros(30, 2), numeros(30, 3)):
        seuls[0 if a and b else 1 if a else 2].append(numero)
    assert [[int(n) for n in some] for some in seuls] == [[0, 6, 12, 18, 24], [2, 4, 8, 10, 14, 16, 20, 22, 26, 28], [3, 9, 15, 21, 27]]
    assert [n async for n in comparer.ensemble()] == []
    tracemalloc.start()
    combien = sum([1 async for _ in comparer.ensemble(numeros(20_000, 1), numeros(20_000, 1))])
    pic = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert combien == 20_000 and pic < 200_000, pic


def trouves(combien: int) -> Iterator[comparer.Ecart]:
    return (comparer.Ecart(f"{n:026}", "Majoration", "—", "50,00 €") for n in range(combien))


def test_what_differs_is_told_without_being_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    combien = 20_000
    with tempfile.TemporaryFile("w+", encoding="utf-8") as fichier:
        for one in trouves(combien):
            fichier.write(f"{json.dumps(asdict(one))}\n")
        lus, compte = comparer.Trouves(fichier), comparer.Compte(combien, combien)
        assert list(lus) == list(trouves(combien))
        tracemalloc.start()
        comparer._page(tmp_path / "ecarts.html", "a", "b", lus, compte)
        pic = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert pic < 500_000, pic
        comparer._dire("a", "b", lus, compte)
    page = (tmp_path / "ecarts.html").read_text(encoding="utf-8")
    assert page.count("<tr><td>") == combien and page.endswith("</body></html>\n") and "SPÉCIMEN" in page
    dit = capsys.readouterr().out
    assert dit.count("Majoration") == comparer.MONTRES and "… et 19000 autres" in dit and "20000 écarts" in dit
