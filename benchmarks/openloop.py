"""An open loop: requests that leave at their instant, whether or not those before them were answered; what became of each."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.http1 import END

CONNECTIONS = 400  # at once: fewer than a server takes, so that what is refused is refused by what is measured
PATIENCE = 40.0  # seconds given to one answer


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, of which sort, when it leaves (seconds from the start), and how many messages it carries."""

    kind: str
    at: float
    raw: bytes
    messages: int = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """Its answer: the status (0: the connection ended), whether Retry-After is there, the seconds since it had to leave, since it left."""

    sent: Sent
    status: int
    retry: bool
    seconds: float
    waited: float = 0.0
    body: bytes = b""

    @property
    def accepted(self) -> int:
        """The messages that are kept, as the answer says it."""
        if self.status != 200:
            return 0
        return self.body.count(b'"statut":"accepte"') + self.body.count(b'"statut": "accepte"')


class Line:
    """A connection that is kept, and made again when it was ended."""

    def __init__(self, port: int, tls: ssl.SSLContext):
        self._port, self._tls = port, tls
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, sent: Sent, start: float) -> Heard:
        """Send it and read its answer; an answer may come before the whole body is taken."""
        head, body, left = b"", b"", time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port, ssl=self._tls, limit=1 << 26)
                reader, writer = self._streams
                writer.write(sent.raw)
                head = (await reader.readuntil(END)).lower()
                size = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
                body = await reader.readexactly(size)
                await writer.drain()
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            self.close()
        if b"connection: close" in head:
            self.close()
        status = int(head[9:12]) if head else 0
        now = time.perf_counter()
        return Heard(sent, status, b"\r\nretry-after:" in head, now - start - sent.at, now - left, body)

    def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            with contextlib.suppress(OSError):
                self._streams[1].close()
            self._streams = None


async def offer(port: int, tls: ssl.SSLContext, sent: Sequence[Sent], connections: int = CONNECTIONS) -> list[Heard]:
    """Everything, each at its instant, as long as a connection is free; the seconds since it had to leave say how late it left."""
    todo: Iterator[Sent] = iter(sorted(sent, key=lambda one: one.at))
    heard: list[Heard] = []
    start = time.perf_counter()

    async def carry() -> None:
        line = Line(port, tls)
        for one in todo:
            await asyncio.sleep(max(0.0, start + one.at - time.perf_counter()))
            heard.append(await line.ask(one, start))
        line.close()

    await asyncio.gather(*(carry() for _ in range(min(connections, len(sent)))))
    return heard
