"""What a room above the engine brings to a service: records, a guard at the door of the letters, hooks; the engine imports none of them."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from fps.confiance.habilitation import Identite
from fps.kit.data.records import Record
from fps.kit.engine import audit
from fps.kit.engine.definition import Definition
from fps.kit.engine.work import Batch, Key, Work
from fps.messages.message import Message


class Extension:
    """Does nothing; each of its two children says what it adds (`trust.identity.Trust`, `boxes.sonnette.Boites`)."""

    records: ClassVar[Sequence[Record[Any]]] = ()
    # A scalar subquery: how many letters wait here for their turn in the bac `nom` at the instant `le`; None when none ever does.
    waiting: ClassVar[Any] = None

    def keys(self, definition: Definition, message: Message, qui: Identite | None) -> Iterable[Key]:
        """What to load with a letter, beside what its handler asks."""
        return ()

    async def guard(self, definition: Definition, message: Message, qui: Identite | None, work: Work) -> None:
        """Raises AccesRefuse when this caller may not bring this message."""

    def notes(self, batch: Batch, items: Sequence[Any], results: Sequence[Any]) -> Iterable[audit.Note]:
        """What the audit journal keeps of a batch that was done."""
        return ()

    async def opening(self, siret: str, work: Work) -> None:
        """What a town begins with in a bac that is not `vierge`."""

    def moved(self, bac: str) -> None:
        """The clock of a bac was moved."""
