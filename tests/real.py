"""The real servers of the tests: where they are, and what to do when they are not there."""

import os
import socket
from urllib.parse import urlsplit

import aio_pika
import pytest

from fps.kit.ground.partage import PARTS
from fps.kit.ground.settings import Settings
from fps.kit.wire.bus import routing_keys
from fps.parties import Party


def postgres_url() -> str:
    """A PostgreSQL superuser's URL: FPS_TEST_POSTGRES, else localhost; skips when nobody answers."""
    return _found("FPS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres", 5432)


def amqp_url() -> str:
    """A RabbitMQ URL: FPS_TEST_AMQP, else localhost; skips when nobody answers."""
    return _found("FPS_TEST_AMQP", "amqp://guest:guest@127.0.0.1:5672/", 5672)


async def forget(url: str, prefix: str, *, shared: bool = False) -> None:
    """Delete the queues and the exchanges that a test declared on the broker under `prefix`; `shared`: those of the parts too."""
    waiting = [f"{prefix}.retard.{round(delay * 1000)}ms" for delay in Settings().retry_delays]
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        channel = await connection.channel()
        parts = [f"{prefix}.{party}.part-{part}" for party in (Party.ANTAI, Party.DGFIP) for part in range(PARTS[-1])] if shared else []
        for queue in [*(f"{prefix}.{key}" for key in routing_keys()), *parts, *waiting]:
            await channel.queue_delete(queue)
        for exchange in [prefix, *waiting]:
            await channel.exchange_delete(exchange)


def _found(variable: str, default: str, port: int) -> str:
    url = os.environ.get(variable) or default
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), timeout=2).close()
    except OSError as error:
        pytest.skip(f"no server answers at {parts.hostname}:{parts.port or port} ({variable}): {error}")
    return url
