"""The test PKI: a root, the test PSCE of the providers, the authority of the simulated services; made at first start, never committed."""

import atexit
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from ipaddress import ip_address
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fps.kit.ground.clock import wall_now
from fps.kit.ground.locks import hold
from fps.parties import LIBELLES, SERVICES, Party

SPECIMEN: Final = "SPÉCIMEN — environnement simulé"
RACINE, PSCE, SERVICES_AC = "racine", "psce", "services"
SERVICE_URI: Final = "urn:fps:service:"
LETTRES_URI: Final = "urn:fps:lettres:"  # of who brings the letters of a service to an editor: no door of the simulator opens to it
ICD_SIRENE: Final = "0002"  # of the SIRENE register in ISO/IEC 6523: an RGS certificate names its holder « 0002 SIRET »
ANNEES: Final = timedelta(days=3650)
MARGE: Final = timedelta(hours=1)  # a certificate is valid a little before it is made: clocks differ
CHEMIN_CRL: Final = "crl.pem"
VERROU: Final = ".verrou"
HOTES: Final = ("localhost", "127.0.0.1", "::1")  # where every service can be reached on its own machine

Cle = ec.EllipticCurvePrivateKey
Hote = x509.DNSName | x509.IPAddress


@dataclass(frozen=True, slots=True)
class RevocationAuPsce:
    """Since when a certificate of the test PSCE is revoked, and why (the reason of RFC 5280, § 5.3.1)."""

    le: datetime
    raison: x509.ReasonFlags = x509.ReasonFlags.unspecified


@dataclass(frozen=True)
class AutoriteDeCertification:
    """A certification authority with its key."""

    certificat: x509.Certificate
    cle: Cle


def nom(commun: str, organisation: str = SPECIMEN, siret: str | None = None) -> x509.Name:
    """A subject; with a SIRET in the form of the RGS profiles (OU = « 0002 » + SIRET)."""
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]
    if siret is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{ICD_SIRENE} {siret}"))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, commun)])


def hote(texte: str) -> Hote:
    """A host as a certificate names it: its address, else its name. Raises ValueError when the name is not ASCII."""
    try:
        return x509.IPAddress(ip_address(texte))
    except ValueError:
        return x509.DNSName(texte)


def usages(*, autorite: bool) -> x509.KeyUsage:
    """The key usages of an authority, or of an authentication certificate."""
    return x509.KeyUsage(
        digital_signature=not autorite,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=autorite,
        crl_sign=autorite,
        encipher_only=False,
        decipher_only=False,
    )


def bati(
    sujet: x509.Name, cle: x509.CertificateBuilder | object, emetteur: x509.Name, du: datetime, au: datetime
) -> x509.CertificateBuilder:
    """The beginning of every certificate made here: names, key, serial number, validity."""
    builder = x509.CertificateBuilder().subject_name(sujet).issuer_name(emetteur).serial_number(x509.random_serial_number())
    return builder.public_key(cle).not_valid_before(du).not_valid_after(au)  # type: ignore[arg-type]


def autorite(commun: str, de: AutoriteDeCertification | None, rang: int | None) -> AutoriteDeCertification:
    """A new authority, self-signed when it has none above it."""
    cle, sujet, du = ec.generate_private_key(ec.SECP256R1()), nom(commun), wall_now() - MARGE
    signataire = de.cle if de else cle
    builder = bati(sujet, cle.public_key(), de.certificat.subject if de else sujet, du, du + ANNEES)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=rang), critical=True)
    builder = builder.add_extension(usages(autorite=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(cle.public_key()), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signataire.public_key()), critical=False)
    return AutoriteDeCertification(builder.sign(signataire, SHA256()), cle)


def feuille(
    builder: x509.CertificateBuilder, cle: object, de: AutoriteDeCertification, noms: Sequence[x509.GeneralName], *, serveur: bool = True
) -> x509.Certificate:
    """An end certificate to authenticate a client, and a server when it has the names of one."""
    usage = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if serveur else [])]
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usages(autorite=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(cle), critical=False)  # type: ignore[arg-type]
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(de.cle.public_key()), critical=False)
    )
    if noms:
        builder = builder.add_extension(x509.SubjectAlternativeName(noms), critical=False)
    return builder.sign(de.cle, SHA256())


def pem(certificat: x509.Certificate) -> str:
    """A certificate in PEM."""
    return certificat.public_bytes(Encoding.PEM).decode()


def pem_cle(cle: Cle) -> str:
    """A private key in PEM (PKCS#8), for a file that its owner alone reads."""
    return cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Pki:
    """The PKI of one simulator, in a directory: what everybody may read in `public/`, each private key in a directory of its own.

    Who must check a certificate needs `public/` only; who issues needs the key of the PSCE; a service needs its own key.
    """

    def __init__(self, dossier: Path):
        self.dossier = dossier

    @property
    def publics(self) -> Path:
        """Where the certificates, the list of what was issued and the CRL are."""
        return self.dossier / "public"

    @contextmanager
    def verrou(self) -> Iterator[None]:
        """Alone to write in this PKI, among all the processes and threads of the machine."""
        with (self.publics / VERROU).open("w") as fichier:
            hold(fichier)
            yield

    def preparer(self, hotes: Sequence[str] = ()) -> None:
        """Make what is missing: authorities, an empty CRL, one certificate for each simulated service, valid for HOTES and `hotes`.

        Nothing is written when all is there: a service may then have the public files, and its own key, only to read.
        """
        if self._manque(hotes):
            self.dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.publics.mkdir(exist_ok=True)
            with self.verrou():
                self._preparer(hotes)

    def _manque(self, hotes: Sequence[str]) -> bool:
        if not (self.publics / CHEMIN_CRL).exists():
            return True
        if any(not self._certificat(p.value).exists() or not self.fichier_lettres(p).exists() for p in SERVICES):
            return True
        return any(set(_noms(hotes)) - self._noms_de(p) for p in SERVICES)

    def _preparer(self, hotes: Sequence[str]) -> None:
        if not self.fichier_autorites.exists():
            racine = autorite("AC racine de test du simulateur FPS", None, 1)
            self._garder(RACINE, racine)
            self._garder(PSCE, autorite("PSCE de test (profil RGS* simulé)", racine, 0))
            self._garder(SERVICES_AC, autorite("AC des services simulés", racine, 0))
        for party in SERVICES:
            connus = self._noms_de(party) if self._certificat(party.value).exists() else set()
            if not connus or set(_noms(hotes)) - connus:
                self._service(party, [*dict.fromkeys([*_noms(HOTES), *connus, *_noms(hotes)])])
            if not self.fichier_lettres(party).exists():
                self._lettres(party)
        if not (self.publics / CHEMIN_CRL).exists():
            self.publier_crl({})

    def _noms_de(self, party: Party) -> set[x509.GeneralName]:
        """The hosts for which the certificate of a service is valid."""
        noms = self.certificat(party.value).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return {nom for nom in noms if isinstance(nom, x509.DNSName | x509.IPAddress)}

    def _service(self, party: Party, hotes: Sequence[x509.GeneralName]) -> None:
        # A certificate made again for one more host keeps its key: what it signed can still be checked.
        cle = self._cle(party.value) if self.fichier_cle(party.value).exists() else ec.generate_private_key(ec.SECP256R1())
        de, du = self.autorite(SERVICES_AC), wall_now() - MARGE
        uri, propre = x509.UniformResourceIdentifier(f"{SERVICE_URI}{party}"), x509.DNSName(party.value)
        builder = bati(nom(f"{LIBELLES[party]} (simulé)"), cle.public_key(), de.certificat.subject, du, du + ANNEES)
        noms = [uri, propre, *(h for h in hotes if h != propre)]
        self._garder(party.value, AutoriteDeCertification(feuille(builder, cle.public_key(), de, noms), cle))

    def _lettres(self, party: Party) -> None:
        """What a service shows to an editor: its key, its name, the right to be a client, and not the identity that opens doors here."""
        cle, de, du = self._cle(party.value), self.autorite(SERVICES_AC), wall_now() - MARGE
        builder = bati(nom(f"{LIBELLES[party]} (simulé), lettres"), cle.public_key(), de.certificat.subject, du, du + ANNEES)
        uri = x509.UniformResourceIdentifier(f"{LETTRES_URI}{party}")
        ecrire(self.fichier_lettres(party), pem(feuille(builder, cle.public_key(), de, [uri], serveur=False)) + pem(de.certificat))

    def _certificat(self, nom: str) -> Path:
        return self.publics / f"{nom}.crt"

    def fichier_cle(self, nom: str) -> Path:
        """Where the private key of an authority or of a service is: alone in its directory, which can be given apart."""
        return self.dossier / "cles" / nom / f"{nom}.key"

    def fichier_chaine(self, party: Party) -> Path:
        """Where the certificate of a service is, followed by that of its authority."""
        return self.publics / f"{party}.chaine.crt"

    def fichier_lettres(self, party: Party) -> Path:
        """Where the certificate is that a service shows to the editors when it brings them letters, followed by that of its authority."""
        return self.publics / f"{party}.lettres.crt"

    @property
    def fichier_racine(self) -> Path:
        """The root alone: what a client trusts."""
        return self._certificat(RACINE)

    @property
    def fichier_services(self) -> Path:
        """The authority of the simulated services: what they trust among themselves."""
        return self._certificat(SERVICES_AC)

    @property
    def fichier_autorites(self) -> Path:
        """The root and the intermediate authorities: what a server checks client certificates with."""
        return self.publics / "autorites.crt"

    def _garder(self, nom: str, qui: AutoriteDeCertification) -> None:
        # The key first: a certificate in its place says that all is there.
        chemin = self.fichier_cle(nom)
        chemin.parent.parent.mkdir(exist_ok=True, mode=0o700)
        chemin.parent.mkdir(exist_ok=True, mode=0o700)
        ecrire(chemin, pem_cle(qui.cle), secret=True)
        texte = pem(qui.certificat)
        if nom in SERVICES:
            ecrire(self.fichier_chaine(Party(nom)), texte + self._certificat(SERVICES_AC).read_text())
        ecrire(self._certificat(nom), texte)
        if nom == SERVICES_AC:
            ecrire(self.fichier_autorites, "".join(self._certificat(n).read_text() for n in (RACINE, PSCE, SERVICES_AC)))

    def _cle(self, nom: str) -> Cle:
        cle = load_pem_private_key(self.fichier_cle(nom).read_bytes(), None)
        if not isinstance(cle, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.fichier_cle(nom)}: not a key of this PKI")
        return cle

    def autorite(self, nom: str) -> AutoriteDeCertification:
        """An authority with its key; raises FileNotFoundError where only public files are."""
        return AutoriteDeCertification(self.certificat(nom), self._cle(nom))

    def certificat(self, nom: str) -> x509.Certificate:
        """The certificate of an authority or of a service."""
        return x509.load_pem_x509_certificate(self._certificat(nom).read_bytes())

    def chaine(self, party: Party) -> tuple[str, ...]:
        """What a service presents, in PEM: its certificate, then its authority's."""
        return (self._certificat(party.value).read_text(), self._certificat(SERVICES_AC).read_text())

    @cached_property
    def racine(self) -> x509.Certificate:
        """The root."""
        return self.certificat(RACINE)

    @cached_property
    def intermediaires(self) -> tuple[x509.Certificate, ...]:
        """The test PSCE and the authority of the services."""
        return (self.certificat(PSCE), self.certificat(SERVICES_AC))

    def publier_crl(self, revoques: Mapping[int, RevocationAuPsce]) -> None:
        """Write the list of the revoked certificates of the test PSCE, by serial number; the caller holds the lock."""
        de, maintenant = self.autorite(PSCE), wall_now()
        builder = x509.CertificateRevocationListBuilder().issuer_name(de.certificat.subject)
        builder = builder.last_update(maintenant).next_update(maintenant + ANNEES)
        builder = builder.add_extension(x509.CRLNumber(int(maintenant.timestamp() * 1_000_000)), critical=False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(de.cle.public_key()), critical=False)
        for serie, revocation in revoques.items():
            ligne = x509.RevokedCertificateBuilder().serial_number(serie).revocation_date(revocation.le)
            if revocation.raison is not x509.ReasonFlags.unspecified:
                ligne = ligne.add_extension(x509.CRLReason(revocation.raison), critical=False)
            builder = builder.add_revoked_certificate(ligne.build())
        ecrire(self.publics / CHEMIN_CRL, builder.sign(de.cle, SHA256()).public_bytes(Encoding.PEM).decode())

    def crl(self) -> x509.CertificateRevocationList:
        """The list as it is published; raises ValueError when the test PSCE has not signed it."""
        crl = x509.load_pem_x509_crl((self.publics / CHEMIN_CRL).read_bytes())
        if not crl.is_signature_valid(self.certificat(PSCE).public_key()):  # type: ignore[arg-type]
            raise ValueError("la liste de révocation n'est pas signée par le PSCE de test")
        return crl

    def publies(self) -> dict[int, RevocationAuPsce]:
        """The revoked serial numbers, as they are published at this instant."""
        return {ligne.serial_number: RevocationAuPsce(ligne.revocation_date_utc, _raison(ligne)) for ligne in self.crl()}

    def revoques(self) -> Mapping[int, RevocationAuPsce]:
        """The revoked serial numbers; the file is read again as soon as it changes."""
        etat = (self.publics / CHEMIN_CRL).stat()
        marque = (etat.st_mtime_ns, etat.st_ino, etat.st_size)
        if self.__dict__.get("_marque") != marque:
            self._revoques = self.publies()
            self._marque = marque
        return self._revoques


def _raison(ligne: x509.RevokedCertificate) -> x509.ReasonFlags:
    try:
        return ligne.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return x509.ReasonFlags.unspecified


def _noms(hotes: Sequence[str]) -> list[x509.GeneralName]:
    return [hote(texte) for texte in hotes]


@cache
def ephemere() -> Pki:
    """The PKI that goes with this process: its directory is removed at the end."""
    dossier = Path(mkdtemp(prefix="fps-pki-"))
    atexit.register(rmtree, dossier, ignore_errors=True)
    pki = Pki(dossier)
    pki.preparer()
    return pki


def ecrire(chemin: Path, texte: str, *, secret: bool = False) -> None:
    """Write a file whole or not at all; a secret is readable by its owner only, from its first byte."""
    brouillon = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    brouillon.unlink(missing_ok=True)
    descripteur = os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    with os.fdopen(descripteur, "w") as fichier:
        fichier.write(texte)
    brouillon.replace(chemin)
