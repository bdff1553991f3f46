"""What a service says of itself: JSON log lines with the correlation and the bac, Prometheus figures of its own."""

import logging
import sys
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from fps.kit.ground.bac_path import bac_courant, correlation, trace_en_cours
from fps.kit.ground.faults import trace

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


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
        self.registry = CollectorRegistry()
        self._counter = Counter("fps_evenements", "Lettres et échéances traitées", ("service", "nature", "issue"), registry=self.registry)
        self._waiting = Gauge("fps_demandes_en_attente", "Demandes qui attendent le prochain lot", ("service",), registry=self.registry)
        self._statements = Gauge("fps_instructions_sql", "Instructions SQL envoyées", ("service",), registry=self.registry)
        labels = ("service", "methode", "porte", "statut")
        self._asked = Histogram("fps_requete_duree_secondes", "Durée des requêtes", labels, registry=self.registry, buckets=BOUNDS)
        self._doors: dict[tuple[str, str, int], Histogram] = {}  # asked once for each: the library looks for them under a lock
        self.party = party

    def asked(self, method: str, door: str, status: int, seconds: float, trace: str = "") -> None:
        """A request was answered; `trace`: the `traceparent` of its span, of which the bucket keeps the last one."""
        key = (method if method in METHODS else "AUTRE", door, status)
        if (found := self._doors.get(key)) is None:
            found = self._doors[key] = self._asked.labels(self.party, key[0], door, str(status))
        found.observe(seconds, {"trace_id": trace[3:35]} if trace else None)

    def observe(self, nature: str, issue: str, number: int) -> None:
        """Count things done."""
        self._counter.labels(self.party, nature, issue).inc(number)

    def text(self, waiting: int, statements: int) -> bytes:
        """The exposition format."""
        self._waiting.labels(self.party).set(waiting)
        self._statements.labels(self.party).set(statements)
        return generate_latest(self.registry)
