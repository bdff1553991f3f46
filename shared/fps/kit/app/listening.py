"""How every server of the simulator listens: uvicorn, and the certificate of a connection in the scope of each of its requests."""

import ssl
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

FAREWELL = 0.5  # seconds


class TlsHttp(HttpToolsProtocol):
    """HTTP on one connection; its peer's certificate, read once, is in the scope of each of its requests (ASGI TLS extension)."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        connection = transport.get_extra_info("ssl_object")
        if connection is not None:
            self.app = _with_tls(self.app, connection)

    def shutdown(self) -> None:
        """The server stops: a connection that waits for nothing is not kept for the end of a TLS farewell that may never be answered."""
        idle = self.cycle is None or self.cycle.response_complete
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
        ssl_context_factory=factory,
        **options,
    )
