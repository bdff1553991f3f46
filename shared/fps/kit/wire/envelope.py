"""A letter and its envelope: CloudEvents names, packs of letters for the broker and for the batch route."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from fps.flows import by_type
from fps.kit.ground.faults import Malformed
from fps.messages.erreurs import phrases, reste
from fps.messages.message import Message, MessageClass

PACK = 100  # letters in one AMQP message
PARCEL = 1 << 20  # characters of the letters that travel together, but for one that is longer alone
PACK_TYPE = "application/cloudevents-batch+json"
BODY_LIMIT = 1 << 20  # bytes of one message: 1 MiB
BOM = "\ufeff"
LEVELS = 64  # of objects and lists inside one another
# What no text of a request holds: commands but tabulations and ends of lines, C1, directions of writing, lone surrogates, non-characters.
_INTERDITS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
INTERDITS = re.compile(f"[{_INTERDITS}]")
# The same in the text of a JSON document, where they may be written otherwise; a pair of surrogates is looked at more closely.
_ECHAPPES = r"\\[bf]|\\u(?:00[01]|007f|00[89]|061c|200[ef]|202[a-e]|206[6-9]|d[89a-f]|fff[ef])"
SUSPECT = re.compile(rf"(?i:{_ECHAPPES})|[{_INTERDITS}]")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way: who wrote it, when, about which dossier, in which bac. `body` is canonical JSON."""

    id: str
    bac: str
    type: str
    source: str
    subject: str
    rang: int
    time: datetime
    wall_time: datetime
    body: str
    traceparent: str = ""
    attempts: int = 0
    apres: str | None = None  # the letter that the receiver takes before this one, whatever way each travels

    def later(self) -> "Letter":
        """The same letter after one more failed try."""
        return replace(self, attempts=self.attempts + 1)

    def event(self) -> dict[str, Any]:
        """The CloudEvents 1.0 form; extension attributes are lower-case letters and digits, as the specification asks."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "dataschema": by_type(self.type).dataschema,
            "bac": self.bac,
            "rang": self.rang,
            "traceparent": self.traceparent,
            "walltime": self.wall_time.isoformat(),
            "attempts": self.attempts,
            **({} if self.apres is None else {"apres": self.apres}),
            "data": None,
        }


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(data: Any) -> str:
    """One text for one content: sorted keys, no space."""
    return _ENCODER.encode(data)


def trusted(text: bytes | str) -> Any:
    """The content of a JSON that this project wrote, which `parse` has nothing to refuse of; raises ValueError."""
    return from_json(text, cache_strings="keys")


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Malformed("cle-json-dupliquee", f"Le champ « {twice[:80]} » figure deux fois dans le même objet JSON : n'en gardez qu'un.")
    return found


def _constant(name: str) -> Any:
    raise Malformed("json-invalide", f"« {name} » n'est pas une valeur JSON : écrivez un nombre ou retirez le champ.")


def _integer(text: str) -> int:
    """An integer of 64 bits: what both databases keep."""
    try:
        value = int(text)
    except ValueError as error:  # Python refuses to read an integer of thousands of digits
        raise _invalid("un nombre a trop de chiffres") from error
    if not -(1 << 63) <= value < 1 << 63:
        raise Malformed("nombre-trop-grand", f"Le nombre {text[:30]} ne tient pas sur 64 bits : corrigez-le.")
    return value


def _decimal(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise Malformed("nombre-trop-grand", f"Le nombre {text[:30]} est trop grand : corrigez-le.")
    return value


def parse(raw: bytes | str) -> Any:
    """The JSON of a body; raises Malformed (not UTF-8, not JSON, the same key twice, a number or a text that could not be kept)."""
    value, text = _load(raw)
    if SUSPECT.search(text) or text.count("{") + text.count("[") > LEVELS:
        check_texts(value)
    return value


def _load(raw: bytes | str) -> tuple[Any, str]:
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            "encodage-invalide", f"Le corps n'est pas en UTF-8 (octet {error.start}) : encodez-le en UTF-8.", status=400
        ) from error
    if text.startswith(BOM):
        raise Malformed(
            "marque-d-ordre-des-octets", "Le corps commence par une marque d'ordre des octets (BOM) : enregistrez-le sans elle.", status=400
        )
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_int=_integer, parse_float=_decimal)
    except RecursionError as error:
        raise _invalid("trop de niveaux imbriqués") from error
    except json.JSONDecodeError as error:
        raise _invalid(f"ligne {error.lineno}, colonne {error.colno}") from error
    return value, text


def check_texts(value: Any) -> None:
    """Raises Malformed when a text holds a character that is no text, or when values are nested too deep; tells where."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(value, ())]
    while waiting:
        one, place = waiting.pop()
        if isinstance(one, str):
            if found := INTERDITS.search(one):
                raise _forbidden(found[0], place)
        elif isinstance(one, dict | list):
            if len(place) >= LEVELS:
                raise _invalid(f"plus de {LEVELS} niveaux imbriqués")
            if isinstance(one, list):
                waiting += ((item, (*place, str(rank))) for rank, item in enumerate(one) if isinstance(item, str | dict | list))
                continue
            for name, item in one.items():
                if found := INTERDITS.search(name):
                    raise _forbidden(found[0], place)
                if isinstance(item, str | dict | list):
                    waiting.append((item, (*place, name)))


def _forbidden(character: str, place: tuple[str, ...]) -> Malformed:
    champ = ".".join(place)
    phrase = (
        f"Le caractère U+{ord(character):04X} n'est pas admis dans un texte (caractère nul, de commande ou de sens d'écriture, "
        "demi-codet isolé) : retirez-le, et vérifiez l'encodage d'origine."
    )
    erreurs = [{"code": "caractere-interdit", "champ": champ, "phrase": phrase, "article": ""}]
    return Malformed("caractere-interdit", phrase, erreurs)


def _invalid(why: str) -> Malformed:
    detail = f"Le corps n'est pas un document JSON valide ({why}) : corrigez sa syntaxe, puis renvoyez-le."
    return Malformed("json-invalide", detail, status=400)


def read_message(cls: MessageClass, data: Any, *, parsed: bool = False) -> tuple[Message, str]:
    """The message and its canonical text; raises Malformed with every error found. `parsed`: `parse` gave this content."""
    try:
        text = canonical(data)
    except RecursionError as error:
        raise _invalid("trop de niveaux imbriqués") from error
    if not parsed and SUSPECT.search(text):  # a letter of the broker was not read by `parse`
        check_texts(data)
    try:
        return cls.model_validate_json(text), text
    except ValidationError as error:
        raise Malformed(
            "message-invalide",
            "Le message ne respecte pas son schéma : corrigez chaque erreur listée.",
            phrases(error, cls),
            non_listees=reste(error.error_count()),
        ) from error


def parcels(letters: Iterable[Letter], most: int) -> list[list[Letter]]:
    """Letters in their order, so many together at most, and never too long for one request or one message of the broker."""
    found: list[list[Letter]] = []
    size = 0
    for letter in letters:
        size += len(letter.body)
        if not found or len(found[-1]) >= most or size > PARCEL:
            found.append([])
            size = len(letter.body)
        found[-1].append(letter)
    return found


def pack(letters: Iterable[Letter]) -> bytes:
    """The body of one AMQP message: `application/cloudevents-batch+json`."""
    parts = []
    for letter in letters:
        head = json.dumps(letter.event(), ensure_ascii=False, separators=(",", ":"))
        parts.append(head.removesuffix("null}") + letter.body + "}")
    return ("[" + ",".join(parts) + "]").encode()


def events(raw: bytes) -> list[Any]:
    """The events of a pack, not yet read; raises Malformed when it is not a JSON array."""
    data, _ = _load(raw)
    if not isinstance(data, list):
        raise Malformed("lot-invalide", "Un lot est un tableau JSON d'événements CloudEvents.")
    return data


def read_event(event: Any) -> tuple[Letter, Message]:
    """One letter of a pack; raises Malformed when the envelope or the message cannot be read."""
    try:
        cls = by_type(event["type"])
        message, text = read_message(cls, event["data"])
        letter = Letter(
            id=_text(event, "id", 200),
            bac=_text(event, "bac", 64),
            type=event["type"],
            source=_text(event, "source", 200),
            subject=message.sujet,
            rang=_count(event, "rang"),
            time=datetime.fromisoformat(event["time"]),
            wall_time=datetime.fromisoformat(event["walltime"]),
            body=text,
            traceparent=str(event.get("traceparent", "")),
            attempts=_count(event, "attempts"),
            apres=_text(event, "apres", 200) if "apres" in event else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise
        raise Malformed("enveloppe-invalide", f"L'enveloppe CloudEvents est incomplète ou illisible : {error!r}.") from error
    return letter, message


def _count(event: Any, name: str) -> int:
    value = event.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 40:
        raise ValueError(f"{name} : entier positif attendu")
    return value


def _text(event: Any, name: str, limit: int) -> str:
    value = event[name]
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise ValueError(f"{name} : texte de 1 à {limit} caractères attendu")
    return value
