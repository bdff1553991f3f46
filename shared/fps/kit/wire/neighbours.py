"""The network of one process: a request given to an application as a server gives it, and its answer as a client has it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads, read once: the same few addresses are asked again and again."""

    url: str
    base: str
    netloc: bytes
    scope: Mapping[str, Any]


@lru_cache(maxsize=4_096)
def place_of(url: str) -> Place:
    """Raises what httpx raises for what is no URL."""
    read = httpx.URL(url)
    raw_path, _, query = read.raw_path.partition(b"?")
    fixed = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": read.scheme,
        "path": read.path,
        "raw_path": raw_path,
        "query_string": query,
        "server": (read.host, read.port),
        "client": ("127.0.0.1", 123),
        "root_path": "",
    }
    return Place(url, f"{read.scheme}://{read.netloc.decode()}", read.netloc, fixed)


async def ask(
    applications: Mapping[str, Any],
    place: Place,
    method: str,
    headers: RawHeaders,
    body: bytes | AsyncIterator[bytes],
    chain: tuple[str, ...],
) -> httpx.Response:
    """The answer of the application at a place, to who shows this certificate; raises httpx.HTTPError as a network would."""
    app = applications.get(place.base)
    if app is None:
        raise httpx.ConnectError(f"nobody listens at {place.base} in this process")
    # The TLS extension of ASGI, as over a real connection.
    shown = {"tls": {"client_cert_chain": chain}} if chain else {}
    exchange = _Exchange(body)
    try:
        await app({**place.scope, "method": method, "headers": headers, "extensions": shown}, exchange.receive, exchange.send)
    except Exception as error:  # an application that fails answers 500, as over the network
        if exchange.start is None:
            return Answer(500, asked=(method, place.url))
        raise httpx.RemoteProtocolError("the answer was cut before its end") from error
    if exchange.start is None or not exchange.complete:  # over the network, the connection is closed
        raise httpx.RemoteProtocolError("the answer was cut before its end")
    found = b"" if method == "HEAD" else b"".join(exchange.parts)
    stream, said = httpx.ByteStream(found), exchange.start.get("headers", [])
    return Answer(exchange.start["status"], headers=said, stream=stream, asked=(method, place.url))


class Answer(httpx.Response):
    """An answer that makes the request that it answers only for who looks at it."""

    def __init__(self, status: int, *, asked: tuple[str, str], **given: Any):
        super().__init__(status, **given)
        self._asked = asked

    @property
    def request(self) -> httpx.Request:
        """Its method and its address."""
        if self._request is None:
            self._request = httpx.Request(*self._asked)
        return self._request

    @request.setter
    def request(self, value: httpx.Request) -> None:
        self._request = value


class _Exchange:
    """One request and its answer."""

    def __init__(self, body: bytes | AsyncIterator[bytes]):
        self.start: Any = None
        self.parts: list[bytes] = []
        self.complete = False
        self._body = body
        self._sent = False
        self._over: asyncio.Event | None = None

    async def receive(self) -> dict[str, Any]:
        """What is whole already is given whole; a body that is still being written, part after part."""
        if not self._sent:
            if isinstance(self._body, bytes):
                self._sent = True
                return {"type": "http.request", "body": self._body, "more_body": False}
            try:
                return {"type": "http.request", "body": await anext(self._body), "more_body": True}
            except StopAsyncIteration:
                self._sent = True
                return {"type": "http.request", "body": b"", "more_body": False}
        if not self.complete:
            self._over = self._over or asyncio.Event()
            await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.complete = True
                if self._over is not None:
                    self._over.set()
