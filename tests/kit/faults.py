"""A cable between a client and a real server, that a test can cut and mend."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Cable:
    """A TCP relay on loopback: cut, it drops every connection and refuses new ones, as a stopped server does."""

    def __init__(self, host: str, port: int):
        self.host, self.port = host, port
        self.local = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.local)
        self.local = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            there, back = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(back)
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        self._writers.discard(writer)
        with contextlib.suppress(OSError):
            writer.close()


@asynccontextmanager
async def cable(url: str) -> AsyncIterator[tuple[Cable, str]]:
    """A cable to the server of a URL, and the URL that goes through it."""
    parts = urlsplit(url)
    default = 5672 if parts.scheme.startswith("amqp") else 5432
    found = Cable(parts.hostname or "127.0.0.1", parts.port or default)
    await found.mend()
    user = parts.netloc.rpartition("@")[0]
    netloc = f"{user}@127.0.0.1:{found.local}" if user else f"127.0.0.1:{found.local}"
    try:
        yield found, urlunsplit(parts._replace(netloc=netloc))
    finally:
        await found.cut()
