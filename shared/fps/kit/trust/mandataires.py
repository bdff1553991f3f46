"""The certificate that a proxy saw, in the header it writes (RFC 9440, or nginx's own): believed from the declared proxies only."""

import base64
import binascii
import ssl
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from fps.kit.trust.identity import EN_TETE_REFUSE

CLIENT_CERT, NGINX = b"client-cert", b"x-ssl-client-cert"
ILLISIBLE: Final = "?"  # not a certificate: whoever must recognise it says so


class Mandataires:
    """ASGI wrapper: puts the certificate of a declared proxy's header where TLS puts its own; marks the request of anybody else."""

    def __init__(self, app: ASGIApp, reseaux: Sequence[IPv4Network | IPv6Network]):
        self.app, self._reseaux = app, reseaux

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found = [(k, v) for k, v in scope["headers"] if k in (CLIENT_CERT, NGINX)]
            if found:
                scope = self._lu(scope, found)
        await self.app(scope, receive, send)

    def _lu(self, scope: Scope, found: list[tuple[bytes, bytes]]) -> Scope:
        extensions = scope.get("extensions", {})
        # A certificate of the connection itself leaves no place for another; nor do two headers tell which one is true.
        if len(found) > 1 or extensions.get("tls", {}).get("client_cert_chain") or not self._declare(scope.get("client")):
            return {**scope, EN_TETE_REFUSE: True}
        nom, valeur = found[0]
        texte = valeur.decode("latin-1").strip()
        if not texte:  # nginx says so that the client showed none
            return scope
        chaine = (_client_cert(texte) if nom == CLIENT_CERT else unquote(texte, errors="replace"),)
        return {**scope, "extensions": {**extensions, "tls": {**extensions.get("tls", {}), "client_cert_chain": chaine}}}

    def _declare(self, client: Sequence[object] | None) -> bool:
        try:
            adresse = ip_address(str((client or ("",))[0]))
        except ValueError:
            return False
        if isinstance(adresse, IPv6Address) and adresse.ipv4_mapped is not None:
            adresse = adresse.ipv4_mapped
        return any(adresse in reseau for reseau in self._reseaux)


def _client_cert(texte: str) -> str:
    """The PEM of a Client-Cert field: a byte sequence between colons (RFC 9440, § 2.2; RFC 8941, § 3.3.5)."""
    if len(texte) < 3 or not (texte[0] == texte[-1] == ":"):
        return ILLISIBLE
    try:
        return ssl.DER_cert_to_PEM_cert(base64.b64decode(texte[1:-1], validate=True))
    except (ValueError, binascii.Error):
        return ILLISIBLE
