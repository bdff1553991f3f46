"""A raw HTTP/1.1 client on asyncio, lighter than what it measures: keep-alive connections that take requests from one list."""

import asyncio
import contextlib
import json
import ssl
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvloop

from fps.kit.trust.pki import Pki
from fps.kit.trust.tls import between_services
from fps.parties import Party

Answer = tuple[int, bytes]
END = b"\r\n\r\n"
PATIENCE = 60.0  # seconds given to all the answers


def request(path: str, body: bytes, content: str = "application/json", token: str = "") -> bytes:
    """A POST, ready to be written; with the pilot's credential when the door asks it."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content}\r\nContent-Length: {len(body)}\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return f"{head}\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One connection: writes a request, waits for its answer, takes the next one."""

    def __init__(self, todo: Iterator[tuple[int, bytes]], answers: list[Answer]):
        self._todo, self._answers = todo, answers
        self._buffer, self._number = b"", -1
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without inheriting from it
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        try:
            self._number, raw = next(self._todo)
        except StopIteration:
            self._transport.close()
            return
        self._transport.write(raw)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        if at < 0:
            self.done.set_exception(ValueError("an answer without Content-Length"))
            return
        size = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self._buffer) < end + 4 + size:
            return
        self._answers[self._number] = (int(head[9:12]), self._buffer[end + 4 : end + 4 + size])
        self._buffer = self._buffer[end + 4 + size :]
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)


async def exchange(port: int, requests: Sequence[bytes], connections: int, tls: ssl.SSLContext | None = None) -> list[Answer]:
    """The answers of all the requests, in their order; (0, b"") where the server closed instead of answering."""
    answers: list[Answer] = [(0, b"")] * len(requests)
    todo = iter(enumerate(requests))
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Connection(todo, answers), "127.0.0.1", port, ssl=tls)
        for _ in range(min(connections, len(requests)))
    ]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(protocol.done for _, protocol in made))
    return answers


async def get(port: int, path: str, tls: ssl.SSLContext | None = None) -> int:
    """The status of a GET on a connection of its own; 0 when nobody answers."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    except OSError:
        return 0
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        line = await reader.readline()
        return int(line[9:12] or 0)
    except (OSError, ValueError):
        return 0
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@dataclass(frozen=True)
class Order:
    """What the client process must send: messages `first`…, one by one or in batches, with the town's certificate of a PKI.

    `pki` is "" for who speaks plain HTTP and whose answer is only counted: another tool, beside this one.
    """

    port: int
    pki: str
    bac: str
    first: int
    count: int
    connections: int
    lot: int = 1

    def requests(self) -> list[bytes]:
        """Distinct valid messages FPS, built beforehand."""
        from benchmarks.donnees import mfps
        from fps.messages.mfps import CreationFps

        path = f"/bacs/{self.bac}{CreationFps.path}" if self.bac else CreationFps.path
        bodies = [mfps(n) for n in range(self.first, self.first + self.count)]
        if self.lot == 1:
            return [request(path, json.dumps(body, ensure_ascii=False).encode()) for body in bodies]
        lines = [json.dumps({"data": body}, ensure_ascii=False).encode() for body in bodies]
        packs = [b"\n".join(lines[i : i + self.lot]) for i in range(0, len(lines), self.lot)]
        return [request(f"{path}/lot", pack, "application/x-ndjson") for pack in packs]

    async def send(self) -> dict[str, object]:
        """How long it took, and how many messages were accepted."""
        requests, tls = self.requests(), between_services(Pki(Path(self.pki)), Party.COLLECTIVITE) if self.pki else None
        start = time.perf_counter()
        answers = await exchange(self.port, requests, self.connections, tls)
        seconds = time.perf_counter() - start
        statuses = Counter(str(status) for status, _ in answers)
        accepted = sum(body.count(b'"statut":"accepte"') + body.count(b'"statut": "accepte"') for status, body in answers if status == 200)
        if not self.pki:
            accepted = statuses["200"]
        sample = next((body.decode("utf-8", "replace")[:500] for status, body in answers if status != 200), "")
        return {"seconds": seconds, "accepted": accepted, "statuses": dict(statuses), "refusal": sample}


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.write(json.dumps(runner.run(Order(**json.loads(sys.argv[1])).send())))
