"""The network of one process: a request given to an application as a server gives it, and its answer as a client has it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import httpx

CUT: Final = "the answer was cut before its end"
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


def _app(applications: Mapping[str, Any], place: Place) -> Any:
    if (app := applications.get(place.base)) is None:
        raise httpx.ConnectError(f"nobody listens at {place.base} in this process")
    return app


def _scope(place: Place, method: str, headers: RawHeaders, chain: tuple[str, ...]) -> dict[str, Any]:
    # The TLS extension of ASGI, as over a real connection.
    shown = {"tls": {"client_cert_chain": chain}} if chain else {}
    return {**place.scope, "method": method, "headers": headers, "extensions": shown}


async def ask(
    applications: Mapping[str, Any],
    place: Place,
    method: str,
    headers: RawHeaders,
    body: bytes | AsyncIterator[bytes],
    chain: tuple[str, ...],
) -> httpx.Response:
    """The answer of the application at a place, to who shows this certificate; raises httpx.HTTPError as a network would."""
    app, scope, exchange = _app(applications, place), _scope(place, method, headers, chain), _Exchange(body)
    try:
        await app(scope, exchange.receive, exchange.send)
    except Exception as error:  # an application that fails answers 500, as over the network
        if exchange.start is None:
            return Answer(500, asked=(method, place.url))
        raise httpx.RemoteProtocolError(CUT) from error
    if exchange.start is None or not exchange.complete:  # over the network, the connection is closed
        raise httpx.RemoteProtocolError(CUT)
    found = b"" if method == "HEAD" else b"".join(exchange.parts)
    stream, said = httpx.ByteStream(found), exchange.start.get("headers", [])
    return Answer(exchange.start["status"], headers=said, stream=stream, asked=(method, place.url))


async def flow(
    applications: Mapping[str, Any],
    place: Place,
    method: str,
    headers: RawHeaders,
    body: bytes | AsyncIterator[bytes],
    chain: tuple[str, ...],
) -> httpx.Response:
    """The same, given when it begins: its body is read while the application writes it, and is never held whole."""
    stream = _Flow(body)
    stream.begin(_app(applications, place), _scope(place, method, headers, chain))
    try:
        await stream.started.wait()
        if stream.start is None:
            await stream.aclose()
            if stream.failure is None:
                raise httpx.RemoteProtocolError(CUT)
            return Answer(500, asked=(method, place.url))
    except BaseException:
        await stream.aclose()
        raise
    return Answer(stream.start["status"], headers=stream.start.get("headers", []), stream=stream, asked=(method, place.url))


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


class _Flow(_Exchange, httpx.AsyncByteStream):
    """An answer that is read as it is written: the application waits for who reads."""

    def __init__(self, body: bytes | AsyncIterator[bytes]):
        super().__init__(body)
        self.started = asyncio.Event()  # or ended without an answer
        self.failure: BaseException | None = None
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self._task: asyncio.Task[None] | None = None

    def begin(self, app: Any, scope: dict[str, Any]) -> None:
        """Let the application answer, in a task of its own."""
        self._task = asyncio.create_task(self._run(app, scope), name=f"flow-{scope['path']}")

    async def _run(self, app: Any, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Exception as error:
            self.failure = error
        self.started.set()
        await self._queue.put(None)

    async def send(self, message: Any) -> None:
        """One message of the answer; its part of the body, once the part before it is read."""
        await super().send(message)
        if self.start is not None:
            self.started.set()
        while self.parts:
            await self._queue.put(self.parts.pop(0))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts; raises httpx.RemoteProtocolError after the last one when the answer stops before its end."""
        while (part := await self._queue.get()) is not None:
            yield part
        if not self.complete:
            raise httpx.RemoteProtocolError(CUT) from self.failure

    async def aclose(self) -> None:
        """Who reads goes away: the application is stopped, as when its connection ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
