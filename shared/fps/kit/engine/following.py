"""An act and a day as a trace shows them: under what asked for them, with the bac, the dossier and the instant, and nobody's data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from fps.flows import by_type
from fps.kit.engine.collector import Item
from fps.kit.engine.work import Batch
from fps.kit.ground.bac_path import trace_en_cours

if TYPE_CHECKING:
    from fps.kit.ground.traces import Step, Traces


@dataclass(frozen=True, slots=True)
class Before:
    """How much a transaction was about to save before an act."""

    acts: int
    deadlines: int

    @classmethod
    def of(cls, batch: Batch) -> "Before":
        """Now."""
        return cls(len(batch.acts), len(batch.deadlines))

    def dossiers(self, batch: Batch) -> list[str]:
        """What was touched since, the dossier of the first line of the journal first."""
        planned = islice(reversed(batch.deadlines), max(len(batch.deadlines) - self.deadlines, 0))
        return list(dict.fromkeys([*(act.subject for act in islice(batch.acts, self.acts, None)), *(subject for _, subject in planned)]))


@contextmanager
def acting(traces: "Traces", batch: Batch, item: Item) -> Iterator[None]:
    """The span of an act; `item.act` names it, its letters go on from there, and it is linked to the last thing seen of what it touches."""
    before, letter = Before.of(batch), item.letter
    with traces.step("acte" if letter is None else f"acte {letter.type.removeprefix('fps.')}", item.cause, bac=item.bac) as step:
        item.act = step.traceparent
        yield
        touched = before.dossiers(batch)
        if letter is not None:
            step.tell(message=letter.type, flux=by_type(letter.type).flow, lettre=letter.id)
            touched = [letter.subject, *touched]
        step.link(traces.last(item.bac, dossier) for dossier in touched)
        _placed(traces, step, batch, item.bac, touched)


@contextmanager
def living(traces: "Traces", batch: Batch, bac: str, subject: str, kind: str) -> Iterator[str]:
    """The trace of what a day brings to a dossier: one of its own, linked to the last thing seen of it and to who moved the date.

    An advance lives thousands of dossiers: under it, they would be one trace that nothing can show.
    """
    before = Before.of(batch)
    with traces.step(f"échéance {kind}", links=(traces.last(bac, subject), trace_en_cours.get()), bac=bac, echeance=kind) as step:
        yield step.traceparent
        _placed(traces, step, batch, bac, [*before.dossiers(batch), subject])


def _placed(traces: "Traces", step: "Step", batch: Batch, bac: str, touched: list[str]) -> None:
    if bac in batch.bacs:
        step.tell(instant=batch.bacs[bac].horloge.now(batch.wall).isoformat())
    if touched:
        step.tell(dossier=touched[0])
    for dossier in touched:
        traces.remember(bac, dossier, step.traceparent)
