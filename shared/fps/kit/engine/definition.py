"""What makes a service itself: its records, its handlers, its deadlines, what it sends; the rest is the kit."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from sqlalchemy import MetaData

from fps.confiance.habilitation import Habilitation
from fps.flows import received_by
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.engine.releve import Releveur
from fps.kit.engine.work import Key, Work
from fps.messages.message import Message, MessageClass
from fps.parties import Party
from fps.regles.echeances import Nature

Handler = Callable[[Any, Work], Awaitable[Message | None]]
Deadline = Callable[[str, Work], Awaitable[None]]


@dataclass(frozen=True)
class Definition:
    """What makes a service itself; the rest is the kit."""

    party: Party
    titre: str
    metadata: MetaData
    records: Sequence[Record[Any]]
    handlers: Mapping[MessageClass, Handler]
    deadlines: Mapping[Nature, Deadline] = field(default_factory=dict)
    emits: frozenset[MessageClass] = frozenset()
    # Case files to load with a dossier number, before the handlers run: keeps the statements of a batch few.
    subject_keys: Callable[[str, date], Iterable[Key]] = lambda subject, today: ()
    message_keys: Mapping[MessageClass, Callable[[Any], Iterable[Key]]] = field(default_factory=dict)
    deadline_keys: Mapping[str, Callable[[list[str], date], Iterable[Key]]] = field(default_factory=dict)
    documents: Mapping[MessageClass, Traversable] = field(default_factory=dict)
    routes: Callable[[Any], Any] | None = None
    migrations: Traversable | None = None
    # What a message of a collectivité needs here besides an active certificate (an espace, a convention…): raises AccesRefuse; gives the
    # zone that the message is about, when it does not say it. It is asked before anything is known of the certificate (None).
    # Without: nothing but the certificate.
    acces: Callable[[Any, Habilitation | None, Work], Awaitable[str | None]] | None = None
    acces_keys: Callable[[Any], Iterable[Key]] = lambda message: ()
    # Its own part of the statement of a bac.
    releve: Releveur | None = None
    # How its pages show a case file on a day: what an import must be able to show, before it is kept.
    vues: Mapping[type, Callable[[Any, date], object]] = field(default_factory=dict)
    # What an export of an earlier version says otherwise than now, written again once its rows of a bac are stored, as a migration does.
    reprise: Callable[[Transaction, str], Awaitable[None]] | None = None
    # What a town, by its SIRET, begins with in a bac that is not blank.
    ouverture: Callable[[str, Work], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        wrong = set(received_by(self.party)) ^ set(self.handlers)
        if wrong:
            raise RuntimeError(f"{self.party}: the messages received and the handlers differ: {sorted(c.__name__ for c in wrong)}")
        foreign = [c.__name__ for c in self.emits if c.sender is not self.party]
        if foreign:
            raise RuntimeError(f"{self.party}: does not send {foreign}")
