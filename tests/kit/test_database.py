"""The same gateway on memory, SQLite file and PostgreSQL: one conformance test for all."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Date, LargeBinary, MetaData, Table, Text, cast, func, insert, select, update

from fps.kit.app import migrate
from fps.kit.data import packed, postgres, schema
from fps.kit.data.database import PATIENCE, BaseSansPlace, Database, DatabaseUnavailable, LigneEnDouble, ValeurIllisible
from fps.kit.data.opening import SCHEMES, engine_of, open_database
from fps.kit.data.packed import HexDigest, Packed, Word
from fps.kit.data.sql import Delete, Insert, Instant, Stamp, Upsert
from fps.kit.ground.clock import PARIS

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("montant", BigInteger),
    Column("le", Date),
    Column("vu", Instant),
    Column("ouvert", Boolean),
)
kept = Table(
    "kept",
    metadata,
    Column("n", BigInteger, primary_key=True),
    Column("corps", Packed),
    Column("acte", Packed(2)),
    Column("hash", HexDigest),
    Column("mot", Word),
    Column("vu", Stamp),
)
WORDS = (114, "f53aa2942bc42e49")
DICTIONARIES = {1: "a98a01fff1b68be9", 2: "3a7c8c539ae8fe7d"}
COLUMNS = tuple(c.name for c in things.columns)
DAY, NOW = date(2026, 6, 12), datetime(2026, 6, 12, 10, 24, 0, 123456, tzinfo=PARIS)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = open_database(database_url)
    await found.start(10)
    await found.create(metadata)
    yield found
    await found.stop()


def row(numero: str, montant: int | None = 100) -> tuple[object, ...]:
    return ("b", numero, montant, DAY, NOW, True)


async def test_values_come_back_with_their_types(database: Database) -> None:
    async with database.write() as tx:
        await tx.apply([Insert(things, COLUMNS, [row("é\n'\"💶", 3500), ("b", "vide", None, None, None, None)])])
    async with database.read() as tx:
        found = await tx.load(things, [("b", "é\n'\"💶"), ("b", "vide"), ("b", "absent")])
    assert sorted(found) == [("b", "vide", None, None, None, None), ("b", "é\n'\"💶", 3500, DAY, NOW, True)]
    assert next(r for r in found if r[1] != "vide")[4].tzinfo is not None


async def test_long_texts_and_digests_come_back_as_they_were_and_a_file_packs_them(database: Database) -> None:
    texts = ["", "court", '{"numero_fps":"21590350100017241001001001","montant":3500}', "é💶\t" * 40, "x" * 100_000, None]
    digests = ["0a" * 32, "2:" + "0a" * 32, "0A" * 32, "", "a", "b"]
    words, instants = ["reception", "un mot à part", "CGCT, art. L. 2333-87, II", "", "envoi", None], [NOW, NOW.astimezone(UTC), None]
    rows = [(n, texts[n], texts[n], digests[n], words[n], instants[n % 3]) for n in range(len(texts))]
    async with database.write() as tx:
        await tx.apply([Upsert(kept, tuple(c.name for c in kept.columns), rows)])
        await tx.execute(
            insert(kept), n=9, corps="écrit par une autre version, en clair", acte="x" * 60, hash="0b" * 32, mot="envoi", vu=NOW
        )
    rows.append((9, "écrit par une autre version, en clair", "x" * 60, "0b" * 32, "envoi", NOW))
    async with database.read() as tx:
        assert sorted(await tx.load(kept, [(n,) for n in range(10)])) == sorted(await tx.select(select(kept))) == rows
        sizes = (
            await tx.select(select(func.length(cast(kept.c.corps, LargeBinary))).where(kept.c.n == 4))
            if database.engine == "sqlite"
            else []
        )
    assert all((size < 500) == bool(getattr(database, "path", "")) for (size,) in sizes)


def test_a_released_dictionary_is_never_edited_and_what_was_not_packed_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hashlib.sha256("\n".join(packed._listed()[: WORDS[0]]).encode()).hexdigest()[:16] == WORDS[1]  # a new word comes after them
    assert {n: hashlib.sha256(packed._words(n)).hexdigest()[:16] for n in packed.DICTIONARIES} == DICTIONARIES
    assert {n: digest[:16] for n, digest in packed.DIGESTS.items()} == DICTIONARIES
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="messages-1"):
        patch.setattr(packed, "DIGESTS", {1: "0" * 64})
        packed._words.__wrapped__(1)
    whole = packed.pack("le même texte, encore et encore, " * 9)
    assert isinstance(whole, bytes)
    for wrong in (b"", b"\x09" + whole[1:], whole[:-1], whole + b"x"):
        with pytest.raises(ValeurIllisible):
            packed.unpack(wrong)
    for read, wrong in ((packed.to_word, b"\xff\xff"), (packed.from_stamp, b"\x7f" * 9)):
        with pytest.raises(ValeurIllisible):
            read(wrong)


async def test_upsert_replaces_or_adds_and_delete_deletes(database: Database) -> None:
    async with database.write() as tx:
        await tx.apply([Insert(things, COLUMNS, [row("1"), row("2"), row("3")])])
        await tx.apply(
            [
                Upsert(things, ("bac", "numero", "montant"), [("b", "1", 5), ("b", "4", 7)], add=("montant",)),
                Delete(things, ("bac", "numero"), [("b", "2")]),
            ]
        )
        await tx.apply([Upsert(things, ("bac", "numero", "montant"), [("b", "3", 9)])])
        found = {r[1]: r[2] for r in await tx.load(things, [("b",)], ("bac",))}
    assert found == {"1": 105, "3": 9, "4": 7}


async def test_an_error_leaves_nothing_of_the_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as tx:
            await tx.apply([Insert(things, COLUMNS, [row("1")])])
            raise RuntimeError
    with pytest.raises(LigneEnDouble):
        async with database.write() as tx:
            await tx.apply([Insert(things, COLUMNS, [row("2"), row("2")])])
    async with database.write() as tx:  # the writer still works
        await tx.apply([Insert(things, COLUMNS, [row("3")])])
        assert [r[1] for r in await tx.load(things, [("b",)], ("bac",))] == ["3"]


async def test_a_database_that_reads_and_does_not_write_says_so(database: Database) -> None:
    """A full disk, a server on standby: it is not away, and who is asked to write says what is to be done."""
    shut = "SET TRANSACTION READ ONLY" if isinstance(database, postgres.PostgresDatabase) else "PRAGMA query_only = ON"
    with pytest.raises(BaseSansPlace, match=r"read-?only"):
        async with database.write() as tx:
            await (tx.connection.execute(shut) if isinstance(database, postgres.PostgresDatabase) else tx._raw(shut, ()))  # type: ignore[attr-defined]
            await tx.apply([Insert(things, COLUMNS, [row("1")])])
    async with database.read() as tx:
        assert await tx.load(things, [("b", "1")]) == []


async def test_a_reader_does_not_see_what_is_not_committed(database: Database) -> None:
    started, seen = asyncio.Event(), asyncio.Event()

    async def writer() -> None:
        async with database.write() as tx:
            await tx.apply([Insert(things, COLUMNS, [row("1")])])
            started.set()
            await asyncio.wait([asyncio.create_task(seen.wait())], timeout=0.2)

    async def reader() -> int:
        await started.wait()
        async with database.read() as tx:
            count = len(await tx.load(things, [("b",)], ("bac",)))
        seen.set()
        return count

    _, count = await asyncio.gather(writer(), reader())
    # A memory database has one connection: its reader waits for the end, the others read the state before.
    assert count == (1 if database.url == "sqlite+aiosqlite://" else 0)


async def test_a_snapshot_reads_one_state_some_rows_at_a_time_and_nobody_waits_for_it(database: Database) -> None:
    all_of_it = select(things.c.numero).where(things.c.bac == "b").order_by(things.c.numero)
    async with database.write() as tx:
        await tx.apply([Insert(things, COLUMNS, [row(f"{n:02}") for n in range(10)])])
        assert [len(part) async for part in tx.stream(all_of_it, 4)] == [4, 4, 2]
    parts = []
    async with database.snapshot() as tx:
        async for part in tx.stream(all_of_it, 4):
            parts.append(part)
            async with database.write() as other:  # between two parts
                await other.apply([Insert(things, COLUMNS, [row(f"x{len(parts)}")])])
                await other.apply([Delete(things, ("bac", "numero"), [("b", "09")])])
    assert [one[0] for part in parts for one in part] == [f"{n:02}" for n in range(10)]
    async with database.read() as tx:
        assert len(await tx.load(things, [("b",)], ("bac",))) == 12


async def test_writers_take_turns(database: Database) -> None:
    async with database.write() as tx:
        await tx.apply([Insert(things, COLUMNS, [row("1", 0)])])

    async def add() -> None:
        async with database.write() as tx:
            (found,) = await tx.load(things, [("b", "1")])
            await asyncio.sleep(0)
            await tx.apply([Upsert(things, ("bac", "numero", "montant"), [("b", "1", found[2] + 1)])])

    await asyncio.gather(*(add() for _ in range(20)))
    async with database.read() as tx:
        assert (await tx.load(things, [("b", "1")]))[0][2] == 20


async def test_selects_and_commands_of_sqlalchemy_run_on_the_gateway(database: Database) -> None:
    t = things.c
    async with database.write() as tx:
        await tx.apply([Insert(things, COLUMNS, [row(str(n), n) for n in range(10)])])
        touched = await tx.execute(update(things).where(t.bac == "b", t.le <= DAY, t.numero.in_(["1", "2"])).values(le=date(2030, 1, 1)))
        assert touched == 2
        found = await tx.select(select(t.numero, t.le, t.vu).where(t.vu <= NOW, t.montant > 1).order_by(t.numero).limit(2))
        assert found == [("2", date(2030, 1, 1), NOW), ("3", DAY, NOW)]
        assert await tx.select(select(func.count(), func.min(t.le)).where(t.bac == "b")) == [(10, DAY)]
        assert found[0][2].astimezone(UTC) == NOW.astimezone(UTC)


async def test_a_load_is_one_statement_whatever_the_number_of_keys(database: Database) -> None:
    counts = []
    for size in (1, 50, 500):
        async with database.write() as tx:
            before = database.statements
            await tx.load(things, [("b", str(n)) for n in range(size)])
            counts.append(database.statements - before)
    assert counts == [1, 1, 1]


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.stop()
    with pytest.raises(DatabaseUnavailable):
        await database.ping()
    await database.start(5)
    await database.create(metadata)
    await database.ping()


def test_an_unknown_url_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="FPS_DATABASE_URL"):
        open_database("mysql://ailleurs/fps")


def test_what_is_to_be_known_of_an_engine_is_known_of_each() -> None:
    known = (schema.QUERIES, schema.MARKED, vars(migrate)["_RUN"])
    assert [set(one) for one in known] == [set(SCHEMES)] * len(known)
    assert [engine_of(f"{scheme}+driver://x") for scheme in (*SCHEMES, "mysql", "sqlite3")] == [*SCHEMES, "", ""]


async def test_what_moves_a_whole_bac_is_given_the_time_that_it_takes(base_vide: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "COMMAND", 0.2)
    found = open_database(base_vide)
    await found.start(10)
    slow = select(func.pg_sleep(0.5))
    async with found.write() as tx:
        assert await tx.execute(slow, PATIENCE) == 1
    with pytest.raises(DatabaseUnavailable):
        async with found.write() as tx:
            await tx.execute(slow)
    await found.stop()
