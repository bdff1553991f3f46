"""The wire between the services and their broker: a relay of TCP that can be cut, without any right on the broker or on those of others."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Fil:
    """The connections that pass now."""

    def __init__(self, host: str, *ports: int):
        """Several ports: those of replicas, each in its turn; who does not answer is passed over."""
        self.host, self.ports = host, list(ports)
        self._turn = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def passer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways, until one side ends it."""
        for _ in self.ports:
            self._turn += 1
            with contextlib.suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection(self.host, self.ports[self._turn % len(self.ports)])
                break
        else:
            writer.close()
            return
        both = {writer, far_writer}
        self._open |= both
        try:
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        finally:
            self._open -= both

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65_536):
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass  # cut: this is what it is for
        finally:
            writer.close()

    def couper(self) -> int:
        """End every connection at once, whatever travels on it; gives how many there were."""
        cut = list(self._open)
        for writer in cut:
            writer.transport.abort()
        return len(cut) // 2


@asynccontextmanager
async def tendre(url: str, *ports: int) -> AsyncIterator[tuple[Fil, str]]:
    """A wire to that server, or to these ports of its host, and the URL of its near end."""
    parts = urlsplit(url)
    fil = Fil(parts.hostname or "127.0.0.1", *(ports or (parts.port or 5672,)))
    server = await asyncio.start_server(fil.passer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    who = parts.netloc.rpartition("@")[0]
    try:
        yield fil, urlunsplit((parts.scheme, f"{who}@127.0.0.1:{port}" if who else f"127.0.0.1:{port}", parts.path, parts.query, ""))
    finally:
        fil.couper()
        server.close()
