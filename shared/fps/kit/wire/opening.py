"""Which bus a URL names: the only place that knows both transports."""

from collections.abc import Sequence

from fps.kit.wire.bus import Bus, MemoryBus


def open_bus(url: str, prefix: str = "fps", retry_delays: Sequence[float] = (), parts: int = 1) -> Bus:
    """The bus that a URL names; every service of one process shares the object of memory://."""
    if url.startswith("memory:"):
        return MemoryBus()
    if url.startswith(("amqp://", "amqps://")):
        from fps.kit.wire.rabbit import RabbitBus

        return RabbitBus(url, prefix, retry_delays, parts)
    raise ValueError(f"FPS_BUS_URL : schéma inconnu « {url.partition('://')[0]} » ; attendu memory:// ou amqp://")
