"""A letter and its envelope: CloudEvents names, packs of letters for the broker and for the batch route."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from fps.flows import by_type
from fps.kit.ground.faults import Malformed
from fps.messages.erreurs import phrases
from fps.messages.message import Message, MessageClass

PACK = 100  # letters in one AMQP message
PACK_TYPE = "application/cloudevents-batch+json"
BODY_LIMIT = 1 << 20  # bytes of one message: 1 MiB


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
            "data": None,
        }


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(data: Any) -> str:
    """One text for one content: sorted keys, no space."""
    return _ENCODER.encode(data)


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Malformed("cle-json-dupliquee", f"Le champ « {twice} » figure deux fois dans le même objet JSON : n'en gardez qu'un.")
    return found


def _constant(name: str) -> Any:
    raise Malformed("json-invalide", f"« {name} » n'est pas une valeur JSON : écrivez un nombre ou retirez le champ.")


def parse(raw: bytes | str) -> Any:
    """The JSON of a body; raises Malformed (not UTF-8, not JSON, the same key twice)."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            "encodage-invalide", f"Le corps n'est pas en UTF-8 (octet {error.start}) : encodez-le en UTF-8.", status=400
        ) from error
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except RecursionError as error:
        raise _invalid("trop de niveaux imbriqués") from error
    except json.JSONDecodeError as error:
        raise _invalid(f"ligne {error.lineno}, colonne {error.colno}") from error
    except ValueError as error:  # Python refuses to read an integer of thousands of digits
        raise _invalid("un nombre a trop de chiffres") from error


def _invalid(why: str) -> Malformed:
    detail = f"Le corps n'est pas un document JSON valide ({why}) : corrigez sa syntaxe, puis renvoyez-le."
    return Malformed("json-invalide", detail, status=400)


def read_message(cls: MessageClass, data: Any) -> tuple[Message, str]:
    """The message and its canonical text; raises Malformed with every error found."""
    text = canonical(data)
    if "\\u0000" in text or not _encodable(text):
        raise Malformed("caractere-interdit", "Le message contient un caractère nul ou un demi-codet isolé : retirez-le.")
    try:
        return cls.model_validate_json(text), text
    except ValidationError as error:
        raise Malformed(
            "message-invalide", "Le message ne respecte pas son schéma : corrigez chaque erreur listée.", phrases(error, cls)
        ) from error


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def pack(letters: Iterable[Letter]) -> bytes:
    """The body of one AMQP message: `application/cloudevents-batch+json`."""
    parts = []
    for letter in letters:
        head = json.dumps(letter.event(), ensure_ascii=False, separators=(",", ":"))
        parts.append(head.removesuffix("null}") + letter.body + "}")
    return ("[" + ",".join(parts) + "]").encode()


def events(raw: bytes) -> list[Any]:
    """The events of a pack, not yet read; raises Malformed when it is not a JSON array."""
    data = parse(raw)
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
