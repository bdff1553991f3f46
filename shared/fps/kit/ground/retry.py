"""Waiting for a server that is not there yet: the one retry policy of a start."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any

import stamina
from stamina.instrumentation import LoggingOnRetryHook, set_on_retry_hooks

Kinds = type[Exception] | tuple[type[Exception], ...] | Callable[[Exception], bool]


def attempts(on: Kinds, timeout: float) -> AsyncIterator[AbstractContextManager[Any]]:
    """Tries until `timeout` seconds, with growing pauses of 2 s at most; each failure is a log line, never a print."""
    set_on_retry_hooks([LoggingOnRetryHook])  # stamina prints by default when structlog is installed
    return aiter(stamina.retry_context(on=on, attempts=None, timeout=timeout, wait_max=2.0))
