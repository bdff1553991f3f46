"""A whole world in one file: it comes back in the four services or in none, and the document of the first version still does."""

import io
import json
from datetime import date

import pytest

from fps.kit.ground.clock import paris
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.transfert import exporter, importer, importer_document
from fps_simulateur.pilote.world import World
from tests.parler.exports import lu, monde_exporte
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")


def sans_audit(found: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """The tables, but the audit journal, where who takes a bac back is noted, and what was signed of it: each bac has its own."""
    tables: dict[str, dict[str, object]] = {s: one["tables"] for s, one in found.items()}  # type: ignore[misc]
    return {s: {nom: x for nom, x in one.items() if not nom.startswith(("audit", "ancres"))} for s, one in tables.items()}


async def test_a_world_comes_back_as_it_left_and_lives_on(monde: World) -> None:
    bac = await bac_neuf(monde, date(2026, 6, 15))
    dits: list[tuple[Party, int]] = []
    flot = b"".join([some async for some in exporter(monde.pilot, bac, lambda s, n: dits.append((s, n)))])
    assert list(dict.fromkeys(s for s, _ in dits)) == list(SERVICES) and dits[-1][1] == len(flot)
    assert b"".join([some async for some in exporter(monde.pilot, bac)]) == flot
    assert await importer(monde.pilot, f"{bac}-r", io.BytesIO(flot)) == dict.fromkeys(SERVICES, 0)
    avant = await monde_exporte(monde, bac)
    assert sans_audit(await monde_exporte(monde, f"{bac}-r")) == sans_audit(avant)
    document = {s: {**one, "tables": {nom: x for nom, x in one["tables"].items() if nom != "ancres"}} for s, one in avant.items()}
    sans_ancre = await importer_document(monde.pilot, f"{bac}-1", {"format": "fps-bac", "version": 1, "services": document})
    assert sans_ancre == dict.fromkeys(SERVICES, 1), "a document of the first version holds no anchor: its audit alone is not covered"
    assert sans_audit(await monde_exporte(monde, f"{bac}-1")) == sans_audit(avant)
    await monde.pilot.avancer(f"{bac}-r", paris(date(2026, 7, 1)))


async def test_a_file_that_is_not_a_whole_world_leaves_nothing(monde: World) -> None:
    bac = await bac_neuf(monde, date(2026, 6, 15))
    flot = b"".join([some async for some in exporter(monde.pilot, bac)])
    lines = flot.splitlines(keepends=True)
    ends = [i for i, line in enumerate(lines) if line.startswith(b'{"fin"')]
    premier = lines[1 : ends[0] + 1]
    assert lu(b"".join(premier))["service"] == SERVICES[0]
    faux = {
        "vide": (b"", "son en-tête manque"),
        "autre": (b'{"a": 1}\n', "son en-tête manque"),
        "coupé": (flot[:-200], "elle est coupée"),
        "trois services": (b"".join(lines[: ends[2] + 1]), "il y manque"),
        "deux fois": (b"".join([*lines[: ends[0] + 1], *premier]), "l'en-tête d'un service est attendu"),
        "changé": (flot.replace(b"2026-06-15", b"2026-06-16"), "le fichier a été changé"),
        "sans la tête d'un service": (b"".join([lines[0], *lines[2:]]), "l'en-tête d'un service est attendu"),
    }
    for rang, (quoi, (octets, attendu)) in enumerate(faux.items()):
        with pytest.raises(PiloteErreur) as refused:
            await importer(monde.pilot, f"{bac}-{rang}", io.BytesIO(octets))
        assert attendu in json.dumps(refused.value.problem, ensure_ascii=False), quoi
    restes = {nom for names in (await monde.pilot._all("GET", "/bacs")).values() for nom in names if nom.startswith(f"{bac}-")}
    assert restes == set()
