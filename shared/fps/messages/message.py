"""The class of every message of the 16 flows: frozen, strict, declared with its flow, its parties and its law."""

import json
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from fps.parties import Channel, Party

SLUGS: dict[int, str] = {
    0: "machinerie",  # none of the sixteen: what the simulator itself has to say
    1: "message-fps",
    2: "avis-paiement",
    3: "rapo",
    4: "paiement",
    5: "information-paiement",
    6: "recours-usager",
    7: "recours-collectivite",
    8: "information-annulation",
    9: "document-comptable",
    10: "remboursement-fps",
    11: "fps-impaye",
    12: "titre-executoire",
    13: "avertissement",
    14: "information-annulation-titre",
    15: "annulation-titre",
    16: "remboursement-titre",
}


class Partie(BaseModel):
    """A part of a message (a place, a vehicle, a person): same strictness, no address of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Message(BaseModel):
    """One message of one flow; subclasses give the class keywords and one complete `example`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    flow: ClassVar[int]
    nom: ClassVar[str]
    sender: ClassVar[Party]
    receiver: ClassVar[Party]
    channel: ClassVar[Channel]
    law: ClassVar[str]
    version: ClassVar[int]
    answer: "ClassVar[MessageClass | None]"
    example: ClassVar[dict[str, Any]]
    type: ClassVar[str]
    path: ClassVar[str]
    routing_key: ClassVar[str]
    dataschema: ClassVar[str]

    def __init_subclass__(
        cls,
        *,
        flow: int,
        nom: str,
        sender: Party,
        receiver: Party,
        channel: Channel,
        law: str,
        answer: "MessageClass | None" = None,
        version: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.flow, cls.nom, cls.version = flow, nom, version
        cls.sender, cls.receiver, cls.channel = sender, receiver, channel
        cls.law, cls.answer = law, answer
        cls.type = f"fps.{flow:02d}.{nom}.v{version}"
        cls.path = f"/flux/{flow:02d}-{SLUGS[flow]}/{nom}"
        cls.routing_key = f"{receiver}.{flow:02d}.{SLUGS[flow]}"
        cls.dataschema = f"urn:fps-simulateur:flux:{flow:02d}:{nom}:v{version}"

    @property
    def sujet(self) -> str:
        """The number of the dossier the message is about: the 26-digit number of the first avis de paiement, unless overridden."""
        numero: str = getattr(self, "numero_fps")  # noqa: B009 (declared by the subclasses)
        return numero

    @classmethod
    def exemplaire(cls) -> Self:
        """The example of the class, validated."""
        return cls.model_validate_json(json.dumps(cls.example))


MessageClass = type[Message]
