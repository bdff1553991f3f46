"""Who is at the door: the peer's certificate, from the ASGI TLS extension, whatever put it there (TLS, the in-process carrier, a proxy)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from starlette.types import Scope

from fps.confiance.habilitation import Habilitation, Identite, sirets_cites
from fps.confiance.refus import (
    AutoriteNonReconnue,
    CertificatAutoSigne,
    CertificatExpire,
    CertificatIllisible,
    CertificatPrecoce,
    CertificatRevoque,
    CleFaible,
    EnteteNonCru,
    UsageInterdit,
)
from fps.kit.engine import audit
from fps.kit.engine.definition import Definition
from fps.kit.engine.extension import Extension
from fps.kit.engine.work import Batch, Key, Work
from fps.kit.ground.clock import PARIS, wall_now
from fps.kit.trust import entrees, habilitations, personnes
from fps.kit.trust.pki import ICD_SIRENE, PSCE, SERVICE_URI, SERVICES_AC, Pki
from fps.kit.wire.envelope import INTERDITS
from fps.messages.message import Message
from fps.parties import SERVICES, Party

RSA_MINIMUM = 2048
COURBES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
# What a certificate can hold that cannot be read; and a signature or a key, that cannot be checked.
ILLISIBLE = (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
INVERIFIABLE = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm)
EN_TETE_REFUSE = "fps.entete_certificat"  # in the scope: a certificate came in a header, from an address that is not believed


@lru_cache(maxsize=1_000)
def lire(texte: str) -> x509.Certificate:
    """The certificate of a PEM text; raises CertificatIllisible."""
    try:
        certificat = x509.load_pem_x509_certificate(texte.encode())
        certificat.extensions, certificat.subject, certificat.issuer  # noqa: B018 (read now: what is malformed there is told here)
    except ILLISIBLE as error:
        raise CertificatIllisible("Ce n'est pas un certificat X.509 au format PEM.") from error
    return certificat


def siret_du_sujet(sujet: x509.Name) -> str | None:
    """The SIRET of a subject in the form of the RGS profiles: OU = « 0002 » and the 14 digits."""
    for attribut in sujet.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME):
        icd, _, siret = str(attribut.value).partition(" ")
        if icd == ICD_SIRENE and len(siret) == 14 and siret.isascii() and siret.isdigit():
            return siret
    return None


def cle_forte(cle: object) -> bool:
    """Whether a public key is strong enough to be certified."""
    if isinstance(cle, rsa.RSAPublicKey):
        return cle.key_size >= RSA_MINIMUM
    return isinstance(cle, ec.EllipticCurvePublicKey) and isinstance(cle.curve, COURBES)


class Trust(Extension):
    """What a service believes: the authorities of its PKI, and what they have revoked. Validity is that of the real day.

    As an extension of the engine it lets letters in by their certificate, and keeps accounts and habilitations.
    """

    records = (habilitations.RECORD, *personnes.RECORDS)

    def __init__(self, pki: Pki):
        self.pki = pki
        self._connues: dict[str, Identite] = {}

    def keys(self, definition: Definition, message: Message, qui: Identite | None) -> Iterable[Key]:
        """The habilitations of the caller for the collectivités that the message is about."""
        if habilitations.checked(qui, message):
            yield from ((Habilitation, (qui.cle, siret)) for siret in sirets_cites(message))
            yield from definition.acces_keys(message)

    async def guard(self, definition: Definition, message: Message, qui: Identite | None, work: Work) -> None:
        """Raises AccesRefuse unless the certificate of this caller lets it bring this message."""
        await habilitations.authorise(definition.acces or habilitations.sans_condition, message, qui, work)

    def notes(self, batch: Batch, items: Sequence[Any], results: Sequence[Any]) -> Iterable[audit.Note]:
        """What a batch let in, and the certificates that it changed."""
        yield from entrees.let_in(batch, items, results)
        yield from entrees.changes(batch)

    async def opening(self, siret: str, work: Work) -> None:
        """The reference system of the town is enrolled."""
        await habilitations.habiliter_reference(siret, work)

    def identifier(self, scope: Scope) -> Identite | None:
        """Who speaks in a request, or None when no certificate was shown; raises AccesRefuse, its `identite` set when it could be read."""
        if scope.get(EN_TETE_REFUSE):
            raise EnteteNonCru(f"Adresse {(scope.get('client') or ('inconnue',))[0]}.")
        chaine = scope.get("extensions", {}).get("tls", {}).get("client_cert_chain") or ()
        return self.reconnaitre(chaine[0]) if chaine else None

    def reconnaitre(self, texte: str) -> Identite:
        """The identity of a certificate in PEM, checked now; raises AccesRefuse."""
        identite = self._connues.get(texte)
        if identite is None:
            identite = self._examiner(lire(texte))
            if len(self._connues) >= 1_000:
                self._connues.clear()
            self._connues[texte] = identite
        self._en_cours_de_validite(identite)
        return identite

    def _en_cours_de_validite(self, identite: Identite) -> None:
        maintenant = wall_now()
        if identite.valide_au is not None and maintenant > identite.valide_au:
            raise CertificatExpire(f"« {identite.nom} » : expiré le {_jour(identite.valide_au)}.")
        if identite.valide_du is not None and maintenant < identite.valide_du:
            raise CertificatPrecoce(f"« {identite.nom} » : valide à partir du {_jour(identite.valide_du)}.")
        if identite.service is None and (revocation := self.pki.revoques().get(int(identite.numero_serie, 16))):
            raise CertificatRevoque(f"« {identite.nom} » : révoqué le {_jour(revocation.le)}.")

    def _examiner(self, certificat: x509.Certificate) -> Identite:
        """What a certificate says, once its signature, its key and its usages are checked."""
        dit = _dire(certificat)
        autorite = self._emetteur(certificat, dit.nom)
        try:
            forte = cle_forte(certificat.public_key())
        except INVERIFIABLE:
            forte = False
        if not forte:
            raise CleFaible(f"« {dit.nom} ».")
        service = _service(certificat) if autorite == SERVICES_AC else None
        if not _authentifie(certificat) or (dit.siret is None and service is None):
            raise UsageInterdit(f"« {dit.nom} ».")
        return dit if service is None else replace(dit, cle=f"service:{service}", service=service)

    def _emetteur(self, certificat: x509.Certificate, nom: str) -> str:
        for autorite, cle in zip(self.pki.intermediaires, (PSCE, SERVICES_AC), strict=True):
            try:
                certificat.verify_directly_issued_by(autorite)
            except INVERIFIABLE:
                continue
            return cle
        try:
            certificat.verify_directly_issued_by(certificat)
        except INVERIFIABLE:
            raise AutoriteNonReconnue(f"« {nom} », émis par « {certificat.issuer.rfc4514_string()[:200]} ».") from None
        raise CertificatAutoSigne(f"« {nom} ».")


def decrire(texte: str) -> Identite:
    """What a certificate in PEM says of itself, whoever signed it and however old: it proves nothing. Raises CertificatIllisible."""
    return _dire(lire(texte))


def _dire(certificat: x509.Certificate) -> Identite:
    noms = certificat.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    empreinte = certificat.fingerprint(SHA256()).hex()
    return Identite(
        cle=empreinte,
        empreinte=empreinte,
        nom=_montrable(str(noms[0].value) if noms else certificat.subject.rfc4514_string()),
        siret=siret_du_sujet(certificat.subject),
        numero_serie=f"{certificat.serial_number:x}",
        emetteur=_montrable(certificat.issuer.rfc4514_string(), 1_000),
        valide_du=certificat.not_valid_before_utc,
        valide_au=certificat.not_valid_after_utc,
        pem=certificat.public_bytes(Encoding.PEM).decode(),
    )


def _montrable(texte: str, longueur: int = 200) -> str:
    """A name without what a database does not keep, or that a page would show otherwise."""
    return INTERDITS.sub("\N{REPLACEMENT CHARACTER}", texte)[:longueur]


def _service(certificat: x509.Certificate) -> Party | None:
    """The service that a certificate names; None when it names none, or one that does not exist."""
    try:
        noms = certificat.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    uris = noms.get_values_for_type(x509.UniformResourceIdentifier)
    connus = {f"{SERVICE_URI}{party}": party for party in SERVICES}
    return next((connus[uri] for uri in uris if uri in connus), None)


def _authentifie(certificat: x509.Certificate) -> bool:
    """Whether a certificate is an end certificate made to authenticate a client."""
    try:
        if certificat.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except x509.ExtensionNotFound:
        pass
    try:
        usages = certificat.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in usages


def _jour(instant: datetime) -> str:
    return f"{instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(PARIS):%d/%m/%Y à %H:%M:%S}"
