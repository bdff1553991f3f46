"""Who is at the door: the peer's certificate, from the ASGI TLS extension, whatever put it there (TLS, the in-process carrier, a proxy)."""

from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from starlette.types import Scope

SIRET_URI = "urn:siret:"


@dataclass(frozen=True, slots=True)
class Peer:
    """The certificate that a caller presented: what it names, nothing about what it may do (see docs/specification.md)."""

    empreinte: str
    nom: str
    siret: str | None
    emetteur: str


@lru_cache(maxsize=1_000)
def _read(pem: str) -> Peer:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = alternative.get_values_for_type(x509.UniformResourceIdentifier)
    except x509.ExtensionNotFound:
        uris = []
    siret = next((u.removeprefix(SIRET_URI) for u in uris if u.startswith(SIRET_URI)), None)
    return Peer(certificate.fingerprint(SHA256()).hex(), str(names[0].value) if names else "", siret, certificate.issuer.rfc4514_string())


def peer(scope: Scope) -> Peer | None:
    """The peer of a request, or None when it showed no certificate."""
    chain = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain") or ()
    return _read(chain[0]) if chain else None
