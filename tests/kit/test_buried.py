"""Days cannot get lost: whatever a deadline raises, it is named wherever one looks, and it can be lived again."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import httpx
import pytest

from fps.errors import Conflit, Introuvable
from fps.kit.data import tables
from fps.kit.data.sql import Insert
from fps.kit.engine import bacs
from fps.kit.engine.definition import Deadline, Definition
from fps.kit.engine.service import Service
from fps.kit.engine.ticker import Ticker
from fps.kit.engine.work import Work
from fps.kit.ground.clock import Marche, paris
from fps.parties import Party
from fps.regles.echeances import Nature
from fps_console.commandes.avance import move, tell
from fps_console.commandes.doctor import Report, _bacs
from fps_console.commandes.lettres_mortes import dead, tell_dead
from fps_simulateur.pilote.world import DEFINITIONS, World
from tests.console.simulator import up
from tests.kit.toy import Compte, emission_letter, numero, state, toy
from tests.parler.partie import bac_neuf

DAY = date(2024, 3, 4)
RAISED: tuple[Exception, ...] = (
    RuntimeError("une panne"),
    Conflit("le dossier ne s'y prête pas"),
    Introuvable("rien sous ce numéro"),
    KeyError("absent"),
    LookupError("introuvable\x00"),
    TypeError("un changement"),
)


def with_deadlines(definition: Definition, **deadlines: Deadline) -> Definition:
    return replace(definition, deadlines={**definition.deadlines, **cast("dict[Nature, Deadline]", deadlines)})


def breaking(error: Exception) -> Deadline:
    async def broken(subject: str, work: Work) -> None:
        raise error

    return broken


async def nothing(subject: str, work: Work) -> None:
    """Lived, whatever the dossier."""


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("party", DEFINITIONS, ids=str)
async def test_each_deadline_of_each_service_that_breaks_is_named_everywhere_and_replayed(
    party: Party, monde: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pilot, bac = monde.pilot, await bac_neuf(monde, DAY)
    service = monde.services[party].service
    whole = service.definition
    kinds = list(whole.deadlines)
    subjects = {kind: numero(n) for n, kind in enumerate(kinds)}
    errors = {kind: RAISED[n % len(RAISED)] for n, kind in enumerate(kinds)}
    monkeypatch.setattr(service, "definition", with_deadlines(whole, **{kind: breaking(error) for kind, error in errors.items()}))

    async def plan(work: Work) -> None:
        for kind in kinds:
            work.schedule(subjects[kind], kind, DAY)

    await service.ask(bac, plan)
    avance = await move(pilot, bac, paris(date(2024, 3, 5)))

    assert avance.enterrees["nombre"] == len(kinds) > 0
    named = {(one["service"], one["echeance"], one["sujet"], one["due"]) for one in avance.enterrees["premieres"]}
    assert named == {(party.value, kind, subjects[kind], "2024-03-04") for kind in kinds}
    assert "mortes" not in (await pilot.etat(bac))["comptes"]
    capsys.readouterr()
    assert await tell(pilot, avance) == 1
    said = capsys.readouterr().out
    await _bacs(report := Report(), pilot, [bac])
    doctor = capsys.readouterr().out
    tell_dead(await dead(pilot, bac), bac, en_json=True)
    listed = capsys.readouterr().out
    assert report.wrong and sum("PANNE" in line and f"« {bac} »" in line for line in doctor.splitlines()) == 1, doctor
    for kind in kinds:
        for shown in (said, doctor):
            assert any(f"échéance « {kind} » du 04/03/2024, dossier {subjects[kind]} : " in line for line in shown.splitlines()), shown
        assert f'"{kind}"' in listed
    assert "une panne" in said and "conflit : Le dossier ne permet pas cet acte" in said

    assert await pilot.rejouer(bac) == 0  # still broken: buried again, none is lost
    assert (await pilot.etat(bac))["echeances_enterrees"]["nombre"] == len(kinds)
    monkeypatch.setattr(service, "definition", with_deadlines(whole, **dict.fromkeys(kinds, nothing)))
    assert await pilot.rejouer(bac) == len(kinds)
    after = await pilot.etat(bac)
    assert (after["echeances_enterrees"]["nombre"], after["prochaine_echeance"]) == (0, None)
    assert await tell(pilot, await move(pilot, bac, paris(date(2024, 3, 6)))) == 0


@pytest.mark.parametrize("kind", ["enovi-apa", ""])
async def test_a_service_refuses_at_once_to_plan_or_to_forget_a_kind_that_it_does_not_live(kind: str, database_url: str) -> None:
    async with toy(database_url) as service:

        async def plan(work: Work) -> None:
            work.schedule(numero(1), kind, DAY)

        async def forget(work: Work) -> None:
            work.unschedule(numero(1), "rappel", kind)

        for wrong in (plan, forget):
            with pytest.raises(ValueError, match="has no deadline called"):
                await service.ask("essai", wrong)
        assert (await state(service))["prochaine_echeance"] is None


async def unknown_kind(service: Service) -> None:
    async with service.database.write() as tx:
        row = ("essai", numero(7), "d-une-autre-version", date(2026, 10, 8))
        await tx.apply([Insert(tables.deadlines, tuple(tables.deadlines.columns.keys()), [row])])


async def test_a_kind_left_by_another_version_is_named_and_its_neighbours_are_lived(database_url: str) -> None:
    async with toy(database_url) as service:
        await service.receive([emission_letter(n) for n in range(3)])
        await unknown_kind(service)
        await bacs.set_clock(service, "essai", paris(date(2026, 10, 8)))
        await service.live("essai")
        found = (await state(service))["echeances_enterrees"]
        assert found["nombre"] == 1
        (one,) = found["premieres"]
        assert (one["sujet"], one["echeance"]) == (numero(7), "d-une-autre-version") and "pas d'échéance de ce nom" in one["cause"]
        async with service.database.read() as tx:
            assert await tx.load(tables.deadlines, [("essai",)], ("bac",)) == []

        async def totals(work: Work) -> list[int]:
            return [found.total for n in range(3) if (found := await work.find(Compte, numero(n)))]

        assert await service.ask("essai", totals) == [8001, 8001, 8001]


async def test_a_deadline_that_breaks_while_the_bac_runs_by_itself_is_named_too() -> None:
    async with toy("sqlite+aiosqlite://") as service:
        await unknown_kind(service)
        await bacs.set_clock(service, "essai", paris(date(2026, 10, 8)), Marche.COURANT)
        ticker = Ticker(service, period=0.01)
        ticker.start()
        async with asyncio.timeout(30):
            while not (await state(service))["echeances_enterrees"]["nombre"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await ticker.stop()
        assert (await state(service))["prochaine_echeance"] is None


def test_a_deadline_of_an_old_data_directory_is_shown_by_the_command_and_the_page(tmp_path: Path) -> None:
    with up(tmp_path) as simulator:
        simulator.stop()
    with closing(sqlite3.connect(tmp_path / "antai.db")) as connection, connection:
        connection.execute("INSERT INTO deadlines VALUES ('defaut', 'dossier-1', 'd-une-autre-version', '2020-01-01')")
    with up(tmp_path) as simulator:
        advanced = simulator.fps("advance", "--de", "P1D")
        assert advanced.returncode == 1, advanced.stdout
        line = "ANTAI, échéance « d-une-autre-version » du 01/01/2020, dossier dossier-1 : "
        assert line in advanced.stdout
        doctor = simulator.fps("doctor")
        assert doctor.returncode == 1 and "1 échéance enterrée" in doctor.stdout and line in doctor.stdout
        page = httpx.get(simulator.console, timeout=30).text
        assert "Échéances enterrées" in page and "échéance «\u00a0d-une-autre-version\u00a0» du 01/01/2020, dossier dossier-1" in page
        assert "d-une-autre-version" in simulator.fps("lettres-mortes", "lister").stdout
        again = simulator.fps("lettres-mortes", "rejouer", "dossier-1/d-une-autre-version")
        assert again.returncode == 1 and "0 échéance rejouée sur 1." in again.stdout
        assert "d-une-autre-version" in simulator.fps("advance", "--de", "P1D", "--json").stdout
