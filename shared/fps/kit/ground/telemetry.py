"""What a service says of itself: JSON log lines with the correlation and the bac, Prometheus figures of its own."""

import logging
import sys
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from fps.kit.ground.bac_path import bac_courant, correlation
from fps.kit.ground.faults import trace

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def _context(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    for key, variable in (("correlation", correlation), ("bac", bac_courant)):
        if value := variable.get():
            event.setdefault(key, value)
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
        self.party = party

    def observe(self, nature: str, issue: str, number: int) -> None:
        """Count things done."""
        self._counter.labels(self.party, nature, issue).inc(number)

    def text(self, waiting: int, statements: int) -> bytes:
        """The exposition format."""
        self._waiting.labels(self.party).set(waiting)
        self._statements.labels(self.party).set(statements)
        return generate_latest(self.registry)
