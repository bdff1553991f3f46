"""TLS of the services: what a server asks of its clients, what a client asks of its server, and the audit of what was refused."""

import asyncio
import logging
import ssl
from typing import Any, Final, Self

from fps.confiance.refus import AutoriteNonReconnue, CertificatAutoSigne, CleFaible, UsageInterdit
from fps.kit.engine.audit import SANS_BAC
from fps.kit.engine.service import Service
from fps.kit.ground.faults import Unavailable
from fps.kit.trust.identity import Trust
from fps.kit.trust.pki import Pki
from fps.parties import Party

log = logging.getLogger(__name__)
# TLS 1.2 with forward secrecy and authenticated encryption only (the suites of TLS 1.3 are all so); level 2 of OpenSSL: keys of 112 bits.
SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=2"
# X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name: an expired certificate passes the handshake, then `Trust` refuses it by
# its own code, in words.
NO_CHECK_TIME: Final = 0x200000
PENDING: Final = 1_000  # refused handshakes that wait to be kept in the audit journal
# What OpenSSL found in a client's certificate (X509_V_ERR_…), as the doors say it; anything else is « tls-refuse ».
CODES: Final = {
    18: CertificatAutoSigne.code,
    19: AutoriteNonReconnue.code,
    20: AutoriteNonReconnue.code,
    21: AutoriteNonReconnue.code,
    26: UsageInterdit.code,
    66: CleFaible.code,
}
AUTRE: Final = "tls-refuse"
# For who called a TLS port in plain HTTP.
PHRASE: Final = b"Cette adresse parle TLS : appelez https:// au lieu de http://\n"
EN_CLAIR: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(PHRASE)
) + PHRASE
AGAIN: Final = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
GONE: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError)  # the client left: a health check, a port scan


class Watched(ssl.SSLObject):
    """The TLS of one connection: a handshake that fails is told, and the client learns why before the connection ends."""

    _outgoing: ssl.MemoryBIO
    _failure: ssl.SSLError | None = None

    @classmethod
    def _create(cls, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, **options: Any) -> Self:
        found: Self = super()._create(incoming, outgoing, **options)  # type: ignore[misc]  # typeshed does not know what wrap_bio calls
        found._outgoing = outgoing
        return found

    def refused(self, error: ssl.SSLError) -> None:
        """Told once, with the reason of OpenSSL."""

    def do_handshake(self) -> None:
        if self._failure is not None:
            raise self._failure
        try:
            super().do_handshake()
        except (*AGAIN, *GONE):
            raise
        except ssl.SSLError as error:
            self._failure = error
            self.refused(error)
            if error.reason == "HTTP_REQUEST":
                self._outgoing.write(EN_CLAIR)
            if self._outgoing.pending:
                # The event loop writes what there is to say, an alert or a sentence, only for who waits for an answer.
                raise ssl.SSLWantReadError from error
            raise


class Refused:
    """Keeps in the audit journal of a service the handshakes that it refused."""

    def __init__(self, service: Service):
        self._service = service
        self._waiting: set[asyncio.Task[None]] = set()

    def __call__(self, error: ssl.SSLError) -> None:
        if len(self._waiting) >= PENDING:
            log.warning("poignées de main refusées trop nombreuses", extra={"raison": error.reason})
            return
        task = asyncio.get_running_loop().create_task(self._keep(error))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _keep(self, error: ssl.SSLError) -> None:
        code = CODES.get(getattr(error, "verify_code", 0), AUTRE)
        why = getattr(error, "verify_message", "") or error.reason or ""
        try:
            await self._service.note(SANS_BAC, "tls", None, "poignée de main", code=code, raison=why)
        except Unavailable:
            log.warning("poignée de main refusée", extra={"code": code, "raison": why})


def server_context(service: Service) -> ssl.SSLContext:
    """What a service listens with: its own certificate; a client may show one, which an authority of the PKI must have issued.

    Raises OSError when the certificate of the service or its key cannot be read.
    """
    pki, refused = service.extension(Trust).pki, Refused(service)

    class Mine(Watched):
        """The connections of this service."""

        def refused(self, error: ssl.SSLError) -> None:
            refused(error)

    context = _context(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.fichier_chaine(service.party), pki.fichier_cle(service.party))
    context.load_verify_locations(pki.fichier_autorites)
    # Optional: people, health and documentation need none, and who forgot it gets a sentence instead of an alert.
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags = ssl.VerifyFlags(context.verify_flags | NO_CHECK_TIME)
    context.set_alpn_protocols(["http/1.1"])
    context.sslobject_class = Mine
    return context


def between_services(pki: Pki, party: Party | None = None) -> ssl.SSLContext:
    """What a service, or a command, calls the simulated services with: it believes their authority alone, and shows its own certificate.

    A certificate of the test PSCE, whatever host it names, is not that of a service. Raises OSError when a file cannot be read.
    """
    context = _context(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pki.fichier_services)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if party is not None:
        context.load_cert_chain(pki.fichier_chaine(party), pki.fichier_cle(party))
    return context


def nobody() -> ssl.SSLContext:
    """What a client that calls nobody in TLS has: it would believe no server."""
    return _context(ssl.PROTOCOL_TLS_CLIENT)


def _context(protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    return context
