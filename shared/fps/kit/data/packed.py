"""Columns that a SQLite file keeps packed: long texts deflated with a frozen dictionary, digests, instants as bytes, usual words by rank.

They are read as what they were. What was written as plain text, by an earlier version or around this program, is read as it stands
(docs/adr/0045-packed-texts.md).
"""

import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

MOST: Final = 1 << 28  # bytes of a text: no column holds so much
LEAST: Final = 48  # bytes under which a text is left alone
LEVEL: Final = 3  # of the nine: half the time of the usual one, a tenth more bytes of a message, one in forty of an act
ACTS, SEEN = 2, 64  # the dictionary of the acts; how many of their texts are remembered packed: two in five are written again soon
# What begins a packed text, the file of its dictionary, its window, its memory. A dictionary that was released never changes: a better
# one is another line, and these still read what they wrote.
DICTIONARIES: Final = {1: ("messages-1.txt", -15, 5), 2: ("actes-1.txt", -12, 5)}
DIGESTS: Final = {
    1: "a98a01fff1b68be9e6092943a1dd0d955e0c2bbfeca51331d0d6b7a454a26730",
    2: "3a7c8c539ae8fe7d5d9a0990bfcf1cae0eb2747cadacf9e32a66cae9ece9e2db",
}
WORDS: Final = "mots-1.txt"  # one a line; frozen too, but for its end: a word is told by its rank
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ValeurIllisible(Exception):
    """A value that this database keeps cannot be read: it was written around this program."""


class Packed(TypeDecorator[str]):
    """A text of some length, mostly the JSON of a message; `dictionary` is the one that such texts are packed with."""

    impl = Text
    cache_ok = True

    def __init__(self, dictionary: int = 1):
        self.dictionary = dictionary
        super().__init__()


class Word(TypeDecorator[str]):
    """A text that is mostly one of a few: an act, an article, what an entry says."""

    impl = Text
    cache_ok = True


class RawStamp(TypeDecorator[str]):
    """An instant read as the text that SQLite has of it elsewhere, good or bad."""

    impl = Text
    cache_ok = True


class HexDigest(TypeDecorator[str]):
    """A SHA-256 told in hexadecimal."""

    impl = Text
    cache_ok = True


@cache
def _words(number: int) -> bytes:
    name = DICTIONARIES[number][0]
    words = files("fps.kit.data").joinpath("dictionaries", name).read_bytes()
    if hashlib.sha256(words).hexdigest() != DIGESTS[number]:  # with another one, a text would be read as another text
        raise RuntimeError(f"le dictionnaire {name} n'est pas celui qui a été livré : réinstallez le simulateur")
    return words


@cache
def _packer(number: int) -> Any:
    """A packer that has read its dictionary: a copy of it packs one text."""
    _, window, memory = DICTIONARIES[number]
    return zlib.compressobj(LEVEL, zlib.DEFLATED, window, memory, zlib.Z_DEFAULT_STRATEGY, _words(number))


def pack(text: str | None, number: int = 1) -> str | bytes | None:
    """A text as a file keeps it: packed when that is shorter."""
    if text is None or len(text) < LEAST:
        return text
    return _act(text) if number == ACTS else _packed(text, number)


@lru_cache(SEEN)
def _act(text: str) -> str | bytes:
    return _packed(text, ACTS)


def _packed(text: str, number: int) -> str | bytes:
    plain, packer = text.encode(), _packer(number).copy()
    found: bytes = bytes((number,)) + packer.compress(plain) + packer.flush()
    return found if len(found) < len(plain) else text


def unpack(kept: str | bytes) -> str:
    """The text that was kept; raises ValeurIllisible."""
    if isinstance(kept, str):
        return kept
    try:
        number = kept[0]
        reader = zlib.decompressobj(DICTIONARIES[number][1], zdict=_words(number))
        plain = reader.decompress(kept[1:], MOST)
        if not reader.eof or reader.unused_data:
            raise ValeurIllisible("un texte comprimé est coupé, ou suivi d'autre chose")
        return plain.decode()
    except (IndexError, KeyError, zlib.error, UnicodeDecodeError) as error:
        raise ValeurIllisible(f"ce texte comprimé ne se lit pas : {error}") from error


def to_bytes(digest: str | None) -> str | bytes | None:
    """A digest as a file keeps it; what is not one stays as it is."""
    if digest is None or len(digest) != 64:
        return digest
    try:
        kept = bytes.fromhex(digest)
    except ValueError:
        return digest
    return kept if kept.hex() == digest else digest


def to_hex(kept: str | bytes) -> str:
    """The digest that was kept."""
    return kept if isinstance(kept, str) else kept.hex()


@cache
def _ranks() -> dict[str, bytes]:
    return {word: rank.to_bytes(2, "big") for rank, word in enumerate(_listed())}


@cache
def _listed() -> tuple[str, ...]:
    return tuple(files("fps.kit.data").joinpath("dictionaries", WORDS).read_text("utf-8").splitlines())


def to_rank(word: str | None) -> str | bytes | None:
    """A usual word as a file keeps it; another one stays as it is."""
    return word if word is None else _ranks().get(word, word)


def to_word(kept: str | bytes) -> str:
    """The word that was kept; raises ValeurIllisible."""
    if isinstance(kept, str):
        return kept
    try:
        return _listed()[int.from_bytes(kept, "big")]
    except (IndexError, OverflowError) as error:
        raise ValeurIllisible(f"aucun mot n'a ce rang : {kept[:8]!r}") from error


def to_stamp(instant: datetime | None) -> bytes | None:
    """An instant as a file keeps it: its microseconds since 1970, on seven bytes."""
    return instant if instant is None else ((instant - EPOCH) // timedelta(microseconds=1)).to_bytes(7, "big", signed=True)


def from_stamp(kept: str | bytes) -> datetime:
    """The instant that was kept; raises ValeurIllisible, or ValueError for a text that is none."""
    if isinstance(kept, str):
        return datetime.fromisoformat(kept)
    try:
        return EPOCH + timedelta(microseconds=int.from_bytes(kept, "big", signed=True))
    except OverflowError as error:
        raise ValeurIllisible(f"cet instant ne se lit pas : {kept[:8]!r}") from error


def raw_stamp(kept: Any) -> Any:
    """The text of an instant; what is none as it stands."""
    return from_stamp(kept).isoformat() if isinstance(kept, bytes) else kept
