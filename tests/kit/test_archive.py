"""The stream of a bac: each of its faults is named, and neither writing it nor taking it back needs more memory for a longer one."""

import asyncio
import gc
import io
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from fps.kit.data import tables
from fps.kit.data.sql import Insert
from fps.kit.engine import archive, bacs, chain, releve, reprise
from fps.kit.engine.service import Service
from fps.kit.ground.faults import Malformed
from fps.kit.web.spool import spooled
from tests.kit.toy import START, emission_letter, toy

Change = Callable[[list[bytes]], list[bytes]]
J = tuple(c.name for c in tables.journal.columns if c.name != "position")


async def exported(service: Service, nom: str = "essai") -> bytes:
    return b"".join([some async for some in bacs.dump(service, nom)])


def refusal(flot: bytes) -> tuple[str, str]:
    with pytest.raises(Malformed) as refused:
        list(archive.read(io.BytesIO(flot), "dgfip"))
    assert refused.value.code == "export-invalide"
    return refused.value.erreurs[0]["champ"], refused.value.erreurs[0]["phrase"]


def renamed(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"dgfip"', b'"antai"'), *lines[1:]]


FAULTS: tuple[tuple[str, Change, str], ...] = (
    ("empty", lambda lines: [], "la dernière ligne manque"),
    ("cut", lambda lines: lines[:-1], "la dernière ligne manque"),
    ("cut in a line", lambda lines: [*lines[:5], lines[5][:10]], "elle est coupée"),
    ("one row less", lambda lines: [x for x in lines if not x.startswith(b'["pays')], "le fichier a été changé, ou coupé"),
    ("one value changed", lambda lines: [x.replace(b"2026", b"2025") for x in lines], "le fichier a été changé, ou coupé"),
    ("more after the end", lambda lines: [*lines, lines[-2]], "rien n'est attendu après la dernière ligne"),
    ("without header", lambda lines: lines[1:], "l'en-tête d'un export est attendu"),
    ("of another version", lambda lines: [lines[0].replace(b":2,", b":3,"), *lines[1:]], "l'en-tête d'un export est attendu"),
    ("of another service", renamed, "cet export vient de « antai »"),
    ("a row before any table", lambda lines: [lines[0], b"[1]\n", *lines[1:]], "le nom d'une table est attendu d'abord"),
    ("a table twice", lambda lines: [*lines[:-1], lines[1], lines[-1]], "est déjà venue"),
    ("neither row nor table", lambda lines: [lines[0], b"3\n", *lines[1:]], "une table, une liste de valeurs"),
    ("a key twice", lambda lines: [lines[0], b'{"table":"a","table":"b","colonnes":[]}\n', *lines[1:]], "figure deux fois"),
)


async def test_each_fault_of_a_stream_is_named() -> None:
    async with toy("sqlite+aiosqlite://", "essai") as service:
        await service.receive([emission_letter(n) for n in range(3)])
        flot = await exported(service)
    lines = flot.splitlines(keepends=True)
    assert len(list(archive.read(io.BytesIO(flot), "dgfip"))) == len(lines) - 2
    wrong = []
    for name, change, expected in FAULTS:
        changed = b"".join(change(lines))
        if name == "one row less":
            changed = b"".join(lines[: (rank := next(i for i, x in enumerate(lines) if x.startswith(b"[")))] + lines[rank + 1 :])
        champ, phrase = refusal(changed)
        if expected not in phrase or not champ.startswith(("ligne ", "fin", "service")):
            wrong.append(f"{name}: {champ} : {phrase}")
    assert wrong == []


async def test_a_line_that_never_ends_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LIGNE", 1_000)
    assert refusal(b"[" + b"1," * 5_000) == ("ligne 1", "elle dépasse 0 Mio.")


async def fill(service: Service, number: int) -> None:
    """Dossiers of one act."""
    rows: list[Any] = []
    for n in range(number):
        act = (f"{n:026}", 1, START, "acte", "article", json.dumps({"n": n, "texte": "x" * 200}))
        link = chain.act_hash("", *act)
        rows.append(("essai", *act, link, START, chain.act_seal("", link, START.astimezone(UTC).isoformat())))
    async with service.database.write() as tx:
        await tx.apply([Insert(tables.journal, J, rows)])
        await tx.apply([Insert(tables.chains, ("bac", "subject", "rang", "hash", "sceau"), [("essai", r[1], 1, r[7], r[9]) for r in rows])])


async def peaks(folder: Path, number: int) -> tuple[int, int]:
    """The most memory that leaving and coming back took, in bytes."""
    async with toy(f"sqlite+aiosqlite:///{folder / f'{number}.db'}", "essai") as service:
        await fill(service, number)
        found, path = [], folder / f"{number}.ndjson"

        async def leave() -> None:
            with path.open("wb") as file:
                async for some in bacs.dump(service, "essai"):
                    file.write(some)

        async def come_back() -> None:
            with path.open("rb") as file:
                repris = bacs.taken(service, "retour", lambda: archive.read(file, service.party))
                await repris.verifier()
                await bacs.restore(service, repris)

        for act in (leave, come_back):
            tracemalloc.start()
            await act()
            found.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        async with service.database.read() as tx:
            assert len(await tx.load(tables.chains, [("retour",)], ("bac",))) == number
        return found[0], found[1]


async def test_four_times_more_dossiers_need_no_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages as small as these dossiers are few: what is held is a page, whatever the length."""
    for module, name, value in ((archive, "LOT", 20), (reprise, "LIGNES", 20), (reprise, "PAGE", 20)):
        monkeypatch.setattr(module, name, value)
    dossiers = releve.dossiers

    async def swept(*asked: Any) -> Any:
        gc.collect()  # what nothing holds any more is not counted
        return await dossiers(*asked)

    monkeypatch.setattr(releve, "dossiers", swept)
    gc.collect()
    gc.freeze()  # the worlds that other tests keep are not swept at each page
    await peaks(tmp_path, 100)  # what is made once, at the first use
    few, many = await peaks(tmp_path, 400), await peaks(tmp_path, 1_600)
    assert many[0] < few[0] * 1.25 and many[1] < few[1] * 1.25, (few, many)
    assert max(many) < 1_600 * 200  # less than one of the texts of each


class Sent:
    """A request whose body comes in parts."""

    def __init__(self, parts: int):
        self.parts, self.given = parts, 0
        self.scope: dict[str, object] = {}

    async def stream(self) -> AsyncIterator[bytes]:
        for _ in range(self.parts):
            self.given += 1
            yield b"x" * (1 << 16)


async def test_a_body_too_long_is_left_at_once_and_another_is_kept_out_of_memory() -> None:
    long = Sent(1_000)
    with pytest.raises(Malformed) as refused:
        async with spooled(long, 1 << 20):
            raise AssertionError
    assert (refused.value.status, refused.value.code, long.given) == (413, "corps-trop-grand", 17)
    tracemalloc.start()
    async with spooled(Sent(160), 1 << 30) as spool:
        assert spool.size == 10 << 20 and len(spool.sha256) == 64
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
        tracemalloc.stop()
        assert len(await asyncio.to_thread(spool.content)) == spool.size
