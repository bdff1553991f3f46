"""How every server of the simulator listens: uvicorn, bounded in time, in size and in number, and the certificate of each connection."""

import logging
import ssl
from asyncio import TimerHandle
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fps.kit.app.places import PER_PEER, Places, places_of

try:
    from resource import RLIMIT_NOFILE, getrlimit
except ImportError:  # Windows, which has no such limit
    getrlimit = None  # type: ignore[assignment]

log = logging.getLogger(__name__)
FAREWELL = 0.5  # seconds that who is left has to take what was said
HEAD_TIME = 10.0  # seconds to send the head of a request, from the connection or from its first byte
BODY_TIME, RATE = 30.0, 16 * 1024  # seconds to send a body, and one more for each so many bytes that came
KEEP_ALIVE = 5  # seconds that a connection stays after an answer, when nothing more is asked on it
READ_TIME = 30.0  # seconds to read some of an answer
HEAD_SIZE, HEADERS = 32 * 1024, 100  # bytes and fields of the head of a request
CONNECTIONS = 500  # of one server at once, fewer when the machine opens fewer files
SERVERS = 6  # that share the files of one process, with the databases
TELL = 60.0  # seconds between two warnings about the same thing
SENTENCES = {
    408: "Request Timeout: la demande n'est pas venue en entier.\n",
    431: "Request Header Fields Too Large: 100 en-têtes et 32 Kio au plus.\n",
    503: "Service Unavailable: trop de connexions sont ouvertes.\n",
}


def connections() -> int:
    """How many connections a server takes at once."""
    return CONNECTIONS if getrlimit is None else min(CONNECTIONS, max(16, getrlimit(RLIMIT_NOFILE)[0] // SERVERS))


class TlsHttp(HttpToolsProtocol):
    """HTTP on one connection; its peer's certificate, read once, is in the scope of each of its requests (ASGI TLS extension).

    Who sends nothing, or too slowly, or too much before the body, or does not read what it is answered, or comes when the server is full of
    those who are being served, is told so and left. Who does nothing with its place gives it to who comes when there is none left.
    """

    since: float | None = None  # when the request that is awaited began to be
    head, fields, received, in_body = 0, 0, 0, False
    look: TimerHandle | None = None
    unread: TimerHandle | None = None
    places: Places
    peer = ""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        connection = transport.get_extra_info("ssl_object")
        if connection is not None:
            self.app = _with_tls(self.app, connection)
        self.places, self.peer, limit = places_of(self.server_state), self.client[0] if self.client else "", connections()
        if self.places.of(self.peer) >= limit * PER_PEER:
            self.places.make_room(self.peer)
        while len(self.connections) > limit and self.places.make_room():
            pass
        if len(self.connections) > limit:
            self._told("connexions trop nombreuses")
            self._leave(503)
        else:
            self._await()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._waits()
        self._to_be_read()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.unread is not None:
            self.unread.cancel()
            self.unread = None
        if self.since is None and not self._idle:
            self.places.busy(self)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._to_be_read()
        elif self._idle:
            self._waits()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more is asked. TLS's farewell is not waited for: who keeps its connections may see nothing but the end of TCP."""
        super().timeout_keep_alive_handler()
        if self.flow.write_paused or self.transport.get_write_buffer_size():
            self._to_be_read()
        else:
            self.loop.call_later(FAREWELL, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        if self.since is None and self._idle:
            self._await()
        if self.in_body:
            self.received += len(data)
        else:
            self.head += len(data)
        super().data_received(data)
        if not self.in_body and self.head > HEAD_SIZE and self.since is not None and not self.transport.is_closing():
            self._leave(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.fields = self.received = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields += 1
        if self.fields > HEADERS:
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.in_body, self.head = True, 0

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.in_body, self.since = False, None
        if not self._idle:
            self.places.busy(self)

    def send_400_response(self, msg: str) -> None:
        if self.fields > HEADERS:
            self._leave(431)
        else:
            super().send_400_response(msg)

    def _await(self) -> None:
        """A request is awaited from now on."""
        self.since = self.loop.time()
        self._waits()
        if self.look is None:
            self.look = self.loop.call_later(HEAD_TIME, self._look)

    @property
    def _idle(self) -> bool:
        """Whether nothing is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _waits(self) -> None:
        """The rest is for who holds this connection to do."""
        self.places.wait(self, self.peer, self._give_way)

    def _give_way(self) -> None:
        """Somebody else needs this place."""
        self._told("places reprises à qui n'en faisait rien")
        self._rest()
        self.connections.discard(self)
        self.transport.abort()

    def _to_be_read(self) -> None:
        """What was said is read by then, or never."""
        self.unread = self.unread or self.loop.call_later(READ_TIME, self._never_read)

    def _never_read(self) -> None:
        self._told("réponses qui ne sont pas lues")
        self._give_way()

    def _rest(self) -> None:
        self.places.busy(self)
        for timer in (self.look, self.unread):
            if timer is not None:
                timer.cancel()
        self.look = self.unread = None

    def _look(self) -> None:
        """Whether what is awaited is late. Time during which we read nothing is not counted."""
        self.look = None
        if self.since is None or self.transport.is_closing():
            return
        now = self.loop.time()
        if self.in_body and self.flow.read_paused:
            self.since = now
        late = self.since + (BODY_TIME + self.received / RATE if self.in_body else HEAD_TIME)
        if now >= late:
            self._told("demandes inachevées")
            self._leave(408)
        else:
            self.look = self.loop.call_later(late - now, self._look)

    def _leave(self, status: int) -> None:
        """Say why, when no answer is under way, and close."""
        if self._idle or not self.cycle.response_started:
            text = SENTENCES[status].encode()
            head = f"HTTP/1.1 {status} {SENTENCES[status].partition(':')[0]}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            retry = "Retry-After: 5\r\n" if status == 503 else ""
            self.transport.write(f"{head}{retry}Connection: close\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
        self._rest()
        self.connections.discard(self)  # its place is free: what is left of it is the farewell
        self.transport.close()
        self.loop.call_later(FAREWELL, self.transport.abort)

    def _told(self, what: str) -> None:
        """Warn once in a while, with how many times it happened meanwhile."""
        told: dict[str, tuple[float, int]] = self.server_state.__dict__.setdefault("fps_told", {})
        last, number = told.get(what, (float("-inf"), 0))
        now = self.loop.time()
        if now - last < TELL:
            told[what] = (last, number + 1)
            return
        told[what] = (now, 0)
        log.warning(what, extra={"nombre": number + 1, "ouvertes": len(self.connections)})

    def shutdown(self) -> None:
        """The server stops: a connection that waits for nothing is not kept for the end of a TLS farewell that may never be answered."""
        idle = self._idle
        super().shutdown()
        if idle:
            self.loop.call_later(FAREWELL, self.transport.abort)


def _with_tls(app: Any, connection: ssl.SSLObject) -> ASGIApp:
    der, suite = connection.getpeercert(binary_form=True), connection.cipher()
    tls = {
        "client_cert_chain": (ssl.DER_cert_to_PEM_cert(der),) if der else (),
        "tls_version": connection.version(),
        "cipher_suite": suite[0] if suite else None,
    }

    async def reached(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"] = {**scope.get("extensions", {}), "tls": tls}
        await app(scope, receive, send)

    return reached


def listening(app: Any, host: str, port: int, context: ssl.SSLContext | None = None, **options: Any) -> uvicorn.Config:
    """How every server of the simulator listens: in TLS with a context, else in plain HTTP; the address of a client is never a header's."""
    factory = None if context is None else lambda config, default: context
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=TlsHttp,
        log_config=None,
        access_log=False,
        ws="none",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        ssl_context_factory=factory,
        **options,
    )
