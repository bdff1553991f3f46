"""What a service says of itself: JSON log lines with the correlation and the bac, Prometheus figures of its own."""

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder

from fps.kit.ground.bac_path import bac_courant, correlation, trace_en_cours
from fps.kit.ground.faults import trace

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


def _context(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    for key, variable in (("correlation", correlation), ("bac", bac_courant)):
        if value := variable.get():
            event.setdefault(key, value)
    if traceparent := trace_en_cours.get():
        event.setdefault("trace_id", traceparent[3:35])
    return event


def _origin(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Where an exception comes from; what it says may hold a person's data."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given is True:
        given = sys.exc_info()[1]
    return event | {"trace": trace(given)} if isinstance(given, BaseException) else event


def configure_logs(level: str) -> None:
    """One JSON object per line on standard error; called once by the process, never by a library."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _context,
        structlog.processors.TimeStamper(fmt="iso", key="wall_time"),
        _origin,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer(ensure_ascii=False)],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "aiormq", "aio_pika", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class Metrics:
    """The figures of one service, in its own registry: several services of one process do not mix."""

    def __init__(self, party: str):
        self.registry, self.party = CollectorRegistry(), party
        self._counter = Counter("fps_evenements", "Lettres et échéances traitées", ("service", "nature", "issue"), registry=self.registry)
        labels = ("service", "methode", "porte", "statut")
        self._asked = Histogram("fps_requete_duree_secondes", "Durée des requêtes", labels, registry=self.registry, buckets=BOUNDS)
        self._doors: dict[tuple[str, str, int], Histogram] = {}  # asked once for each: the library looks for them under a lock
        saved = Histogram("fps_transaction_duree_secondes", "Durée des lots", ("service",), registry=self.registry, buckets=BOUNDS)
        self._saved = saved.labels(party)
        self._gauges: dict[str, Gauge] = {}

    def asked(self, method: str, door: str, status: int, seconds: float, trace: str = "") -> None:
        """A request was answered; `trace`: the `traceparent` of its span, of which the bucket keeps the last one."""
        key = (method if method in METHODS else "AUTRE", door, status)
        if (found := self._doors.get(key)) is None:
            found = self._doors[key] = self._asked.labels(self.party, key[0], door, str(status))
        found.observe(seconds, _exemplar(trace))

    def saved(self, seconds: float, trace: str = "") -> None:
        """A batch was done, from its beginning to its commit."""
        self._saved.observe(seconds, _exemplar(trace))

    def observe(self, nature: str, issue: str, number: int) -> None:
        """Count things done."""
        self._counter.labels(self.party, nature, issue).inc(number)

    def tell(self, name: str, what: str, values: Mapping[Any, float], labels: Sequence[str] = ()) -> None:
        """A figure as it is now, by the values of its labels (a tuple): what is told no more has no value any more."""
        if (gauge := self._gauges.get(name)) is None:
            gauge = self._gauges[name] = Gauge(name, what, ("service", *labels), registry=self.registry)
        gauge.clear()
        for key, value in values.items():
            gauge.labels(self.party, *key).set(value)

    def expose(self, accept: str) -> tuple[bytes, str]:
        """All of them and their media type: with their exemplars for who reads OpenMetrics, as Prometheus does."""
        encode, media = choose_encoder(accept)
        return encode(self.registry), media


def _exemplar(trace: str) -> dict[str, str] | None:
    return {"trace_id": trace[3:35]} if trace else None
