"""The doctor's false all-clear: a base that refuses to write, letters held, what was not verified; and what advance and the start say."""

import errno
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from fps.kit.data import tables
from fps.kit.data.sqlite import SqliteDatabase
from fps.kit.ground.clock import paris
from fps.kit.ground.settings import Settings
from fps.parties import Party
from fps_console.cli.principal import told
from fps_console.commandes import doctor
from fps_console.commandes.avance import move, tell
from fps_console.commandes.doctor import UNVERIFIED, Report, _bacs, _service
from fps_console.commandes.liaison import explain
from fps_console.commandes.output import Panne
from fps_console.commandes.up import world as up_world
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World
from tests.parler.ville import DEMANDE, Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 6, 15)


FULL = ("VACUUM", "PRAGMA max_page_count = 1")  # SQLite keeps the pages in use, and answers then as a full disk does
SHUT = ("PRAGMA query_only = ON",)
OPEN = ("PRAGMA max_page_count = 4294967294", "PRAGMA query_only = OFF")


async def regler(monde: World, party: Party, *commands: str) -> None:
    """Tell the database of a service what it may write."""
    database = monde.services[party].service.database
    assert isinstance(database, SqliteDatabase)
    for command in commands:
        await database._run(0, lambda c, command=command: c.execute(command).fetchall())  # type: ignore[misc]


async def test_a_base_that_refuses_to_write_is_not_ready_and_the_doctor_and_advance_say_so(
    monde: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ville, settings = await Ville.ouvrir(monde, LE), Settings(addresses=monde.addresses)
    monkeypatch.setattr("fps.kit.engine.room.EVERY", 0.0)
    pret = f"{monde.addresses[Party.ANTAI]}/sante/pret"
    assert (await monde.client.get(pret)).json()["ecriture"] is True
    for commands, cause in ((FULL, "database or disk is full"), (SHUT, "attempt to write a readonly database")):
        await regler(monde, Party.ANTAI, *commands)
        try:
            answer = await monde.client.get(pret)
            assert (answer.status_code, answer.json()["base"], answer.json()["ecriture"]) == (503, True, False)
            assert await _service(report := Report(), settings, monde.client, Party.ANTAI)
            assert report.status == 1
            assert f"PANNE  ANTAI : sa base de données refuse d'écrire ({cause})" in capsys.readouterr().out
            if commands is SHUT:
                with pytest.raises(PiloteErreur) as refused:
                    await monde.pilot.avancer(ville.bac, paris(date(2026, 6, 16)))
                assert explain(refused.value).phrase.startswith("La base de données refuse d'écrire")
                assert "de la place sur son disque" in explain(refused.value).que_faire
        finally:
            await regler(monde, Party.ANTAI, *OPEN)
    assert (await monde.client.get(pret)).status_code == 200
    await monde.pilot.avancer(ville.bac, paris(date(2026, 6, 16)))


async def test_letters_that_are_held_are_told_with_who_writes_them_and_advance_is_not_done(
    monde: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ville, one = await Ville.ouvrir(monde, LE), monde.services[Party.COLLECTIVITE]
    await one.relay.stop()
    try:
        assert (await ville.poster("/fps", DEMANDE)).status_code == 201
        async with one.service.database.write() as tx:
            out = tables.outbox
            await tx.execute(update(out).where(out.c.bac == ville.bac).values(attempts=1))
        await _bacs(report := Report(), monde.pilot, [ville.bac])
        told = capsys.readouterr().out
        assert "1 lettre attend, après au moins un essai en vain (écrites par Collectivité : 1)" in told
        assert "NON VÉRIFIÉ" in told and report.wrong >= 1 and report.status == 1

        async def already(nom: str, until: object, patience: float) -> dict[Party, int]:
            return await monde.pilot.marques(nom)

        monkeypatch.setattr(monde.pilot, "conduire", already)  # a letter is written while the last journal is read
        assert await tell(monde.pilot, await move(monde.pilot, ville.bac, paris(LE))) == 1
        assert "1 lettre attend encore de partir" in capsys.readouterr().out
    finally:
        monkeypatch.undo()
        one.relay.start()
    await monde.pilot.au_calme(ville.bac)
    assert await tell(monde.pilot, await move(monde.pilot, ville.bac, paris(LE))) == 0


async def test_what_was_not_verified_is_not_ok_and_has_its_own_status(monde: World, capsys: pytest.CaptureFixture[str]) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await ville.etablir()
    await doctor._invariants(seen := Report(), monde.pilot, await monde.pilot.etat(ville.bac))
    assert seen.status == 0 and "NON VÉRIFIÉ" not in capsys.readouterr().out
    await monde.pilot.regler(ville.bac, "courant")
    await doctor._invariants(report := Report(), monde.pilot, await monde.pilot.etat(ville.bac))
    report.conclude()
    told = capsys.readouterr().out
    assert report.status == UNVERIFIED and "  ok " not in told and f"NON VÉRIFIÉ  Bac « {ville.bac} » : les invariants (" in told
    assert told.endswith("Rien de cassé, 1 point non vérifié.\n")


async def test_a_start_on_a_base_that_refuses_to_write_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fps.kit.data import sqlite

    ordinary = sqlite.connect

    def full(path: str) -> object:
        connection = ordinary(path)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr(sqlite, "connect", full)
    settings = Settings(data_dir=tmp_path, pki_dir=tmp_path / "pki")
    assert "Libérez de la place" in told(OSError(errno.ENOSPC, "No space left on device")).que_faire
    with pytest.raises(Panne, match=r"La base de données refuse d'écrire \(.*database or disk is full\)"):
        async with up_world(settings, "essai", memory=False, tls=False):
            pass
