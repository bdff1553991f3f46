"""What a file keeps of a value: a text packed once, digests as they were, columns converted whole; and the one text of a content."""

import gc
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import MetaData

from fps.kit.data import packed, tables
from fps.kit.data.records import Record
from fps.kit.data.sql import decoded, encoded, sqlite_places, sqlite_writers
from fps.kit.ground.long_work import LONG_WORK, long_work
from fps.kit.wire.envelope import canonical, trusted

DIGEST = "0123456789abcdef" * 4


def test_a_text_that_is_written_again_is_not_packed_again_and_reads_alike() -> None:
    text = json.dumps({"libelle": "Encaissement d'un FPS minoré, par carte", "compte": "C/4718", "acte": "écriture"}, ensure_ascii=False)
    again = "".join(list(text))
    assert packed.pack(text, 2) is packed.pack(again, 2)
    assert packed.pack(text, 1) != packed.pack(text, 2)
    assert {packed.unpack(packed.pack(text, number) or "") for number in packed.DICTIONARIES} == {text}


@pytest.mark.parametrize(
    "kept", [DIGEST.upper(), f"{DIGEST[:62]} f", " ".join(["ab"] * 21) + "a", "g" * 64, "é" * 64, "", DIGEST[:62], f"{DIGEST}00"]
)
def test_what_is_not_a_digest_is_kept_as_it_is(kept: str) -> None:
    assert packed.to_bytes(kept) == kept


def test_a_digest_is_kept_as_its_bytes() -> None:
    found = packed.to_bytes(DIGEST)
    assert found == bytes.fromhex(DIGEST)
    assert packed.to_hex(found) == DIGEST
    assert packed.to_bytes(None) is None


@pytest.mark.parametrize("on_file", [True, False])
def test_rows_come_back_from_what_a_file_or_a_memory_keeps(on_file: bool) -> None:
    columns = tuple(c.name for c in tables.inbox.columns)
    here = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    there = here.astimezone(UTC)
    rows: list[tuple[Any, ...]] = [
        ("b", str(n), "fps.essai", "sujet", DIGEST, "recu", None if n % 2 else "réponse " * 20, "corps " * 30, (here, there)[n % 2], there)
        for n in range(5)
    ]
    kept = encoded(rows, sqlite_writers(tables.inbox, columns, on_file))
    assert [type(one) for one in kept[0]] == [str] * 4 + ([bytes, str, bytes, bytes, bytes, bytes] if on_file else [str] * 6)
    assert decoded(kept, sqlite_places(tables.inbox)) == rows
    due = encoded(
        [("b", "s", "k", date(2026, 1, 2)), ("b", "s", "l", None)],
        sqlite_writers(tables.deadlines, ("bac", "subject", "kind", "due"), on_file),
    )
    assert [row[3] for row in due] == ["2026-01-02", None]
    assert encoded([], sqlite_writers(tables.inbox, columns, on_file)) == []
    assert decoded([], sqlite_places(tables.inbox)) == []


@pytest.mark.parametrize(
    "data",
    [
        'é"\n\u2028',
        1,
        True,
        None,
        [],
        {},
        1e16,
        -0.0,
        12.5,
        [1, [2, {"b": "x", "a": (1, 2)}]],
        {"z": None, "É": {"b": 1, "a": 2}, "a": "\ud800"},
    ],
)
def test_the_one_text_of_a_content_is_that_of_the_library(data: Any) -> None:
    assert canonical(data) == json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_what_this_project_wrote_is_read_as_the_library_reads_it() -> None:
    data: dict[str, Any] = {"a": [1, -(1 << 63), 12.5, 1e16, None, True], "é": {"": '\u2028 " \\ \U0001f697'}, "vide": [{}, []]}
    for text in (canonical(data), json.dumps(data, indent=2)):
        assert trusted(text) == trusted(text.encode()) == json.loads(text) == data
    for wrong in ("", "{", '{"a": }', b"\xff"):
        with pytest.raises(ValueError, match=r"\w"):
            trusted(wrong)


def test_a_case_file_is_its_fields_and_a_class_that_does_more_is_refused() -> None:
    @dataclass
    class Calcule:
        numero: str
        double: str = ""

        def __post_init__(self) -> None:
            self.double = self.numero * 2

    @dataclass(slots=True)
    class Serre:
        numero: str

    for cls in (Calcule, Serre):
        with pytest.raises(TypeError, match=f"{cls.__name__}: a case file is its fields"):
            Record(cls, MetaData(), "faux", key=("numero",))


def test_a_content_without_end_and_what_is_no_json_are_told() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises((RecursionError, ValueError)):
        canonical(loop)
    with pytest.raises(TypeError):
        canonical({"le": date(2026, 1, 2)})


def test_a_long_work_is_walked_less_often_and_what_follows_it_as_before() -> None:
    usual, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ZeroDivisionError), long_work():
        assert gc.get_threshold() == LONG_WORK > usual
        assert gc.get_freeze_count() > frozen
        1 / 0  # noqa: B018
    assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, 0)
