"""`fps journal verifier`, `fps audit verifier` and `fps audit ancres`: intact is said and 0, anything else is said with its place and 1."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, update

from fps.kit.data import tables
from fps.kit.ground.settings import Settings
from fps.parties import Party
from fps_console.commandes import verification
from fps_console.commandes.output import Panne
from fps_simulateur.pilote import verifications
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World, open_world
from tests.parler.ville import Ville


@pytest_asyncio.fixture
async def monde() -> AsyncIterator[World]:
    """A world of its own: what verifies everything would go through all that the other tests left in theirs."""
    async with open_world(token="essai") as found:
        yield found


async def test_what_is_verified_is_said_with_its_place_and_an_exit_status(
    monde: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(verification, "drive", lambda _, act: asyncio.run_coroutine_threadsafe(act(monde.pilot), loop).result())

    async def fps(command: Callable[..., int], *arguments: Any) -> tuple[int, str]:
        status = await asyncio.to_thread(command, Settings(), *arguments)
        return status, capsys.readouterr().out

    ville = await Ville.ouvrir(monde, date(2025, 6, 2))
    nom, numero = ville.bac, await ville.etablir()
    status, said = await fps(verification.journals, nom, None, None, False)
    assert status == 0 and "est intact" in said
    status, said = await fps(verification.anchors, nom)
    ancres = [json.loads(line) for line in said.splitlines()]
    assert status == 0 and {one["service"] for one in ancres} == {p.value for p in monde.services}
    monkeypatch.setattr(verifications, "ANCRES", 1)  # page after page: the heads of a large bac are never held whole
    assert json.loads((await fps(verification.anchors, nom, True))[1]) == ancres
    gardees = tmp_path / "ancres.jsonl"
    gardees.write_text(said, "utf-8")
    for command, arguments in ((verification.journals, (nom, None)), (verification.journals, (nom, numero)), (verification.audit, (nom,))):
        status, said = await fps(command, *arguments, gardees, False)
        assert status == 0 and "intact" in said and "encore" not in said

    lignes = await monde.pilot.journal(nom, numero)
    rang = next(x["rang"] for x in lignes if (x["service"], x["acte"]) == ("antai", "reception"))
    antai = monde.services[Party.ANTAI].service.database
    journal, ancre, audit = tables.journal.c, tables.ancres.c, tables.audit.c
    async with antai.write() as tx:
        await tx.execute(
            update(tables.journal).where(journal.bac == nom, journal.subject == numero, journal.rang == rang).values(data="{}")
        )
        await tx.execute(update(tables.audit).where(audit.bac == nom, audit.rang == 1).values(qui="personne"))
    status, said = await fps(verification.journals, nom, numero, None, False)
    assert status == 1 and f"ANTAI, dossier {numero}, rang {rang} : " in said
    assert (await fps(verification.journals, nom, None, None, False))[0] == 1
    status, said = await fps(verification.audit, nom, None, False)
    assert status == 1 and f"ANTAI, bac « {nom} », audit, ligne 1 : " in said
    status, said = await fps(verification.audit, None, None, True)
    assert status == 1 and [c["rang"] for c in json.loads(said)["constats"] if c["bac"] == nom] == [1]

    async with antai.write() as tx:
        await tx.execute(delete(tables.ancres).where(ancre.bac == nom))
    status, said = await fps(verification.journals, nom, None, gardees, False)
    assert status == 1 and "ANTAI, ancre 1 : cette ancre, gardée ailleurs" in said
    with pytest.raises(PiloteErreur) as refused:
        await monde.pilot.verifier(nom, "0" * 26)
    assert (refused.value.problem["status"], refused.value.problem["code"]) == (404, "journal-inconnu")
    gardees.write_text("pas du JSON", "utf-8")
    with pytest.raises(Panne, match="n'est pas un fichier d'ancres"):
        verification.journals(Settings(), nom, None, gardees, False)
