"""The test PKI: a root, the test PSCE of the providers, the authority of the simulated services; made at first start, never committed."""

import atexit
import os
from collections.abc import Mapping, Sequence
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

from fps.kit.clock import wall_now
from fps.parties import LIBELLES, SERVICES, Party

SPECIMEN: Final = "SPÉCIMEN — environnement simulé"
RACINE, PSCE, SERVICES_AC = "racine", "psce", "services"
SERVICE_URI: Final = "urn:fps:service:"
ICD_SIRENE: Final = "0002"  # of the SIRENE register in ISO/IEC 6523: an RGS certificate names its holder « 0002 SIRET »
ANNEES: Final = timedelta(days=3650)
MARGE: Final = timedelta(hours=1)  # a certificate is valid a little before it is made: clocks differ
CHEMIN_CRL: Final = "crl.pem"

Cle = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Autorite:
    """A certification authority with its key."""

    certificat: x509.Certificate
    cle: Cle


def nom(commun: str, organisation: str = SPECIMEN, siret: str | None = None) -> x509.Name:
    """A subject; with a SIRET in the form of the RGS profiles (OU = « 0002 » + SIRET)."""
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]
    if siret is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{ICD_SIRENE} {siret}"))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, commun)])


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


def autorite(commun: str, de: Autorite | None, rang: int | None) -> Autorite:
    """A new authority, self-signed when it has none above it."""
    cle, sujet, du = ec.generate_private_key(ec.SECP256R1()), nom(commun), wall_now() - MARGE
    signataire = de.cle if de else cle
    builder = bati(sujet, cle.public_key(), de.certificat.subject if de else sujet, du, du + ANNEES)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=rang), critical=True)
    builder = builder.add_extension(usages(autorite=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(cle.public_key()), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signataire.public_key()), critical=False)
    return Autorite(builder.sign(signataire, SHA256()), cle)


def feuille(builder: x509.CertificateBuilder, cle: object, de: Autorite, noms: Sequence[x509.GeneralName]) -> x509.Certificate:
    """An end certificate for authentication, at both ends of a connection."""
    serveur_et_client = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usages(autorite=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(serveur_et_client), critical=False)
        .add_extension(x509.SubjectAlternativeName(noms), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(cle), critical=False)  # type: ignore[arg-type]
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(de.cle.public_key()), critical=False)
        .sign(de.cle, SHA256())
    )


def pem(certificat: x509.Certificate) -> str:
    """A certificate in PEM."""
    return certificat.public_bytes(Encoding.PEM).decode()


def pem_cle(cle: Cle) -> str:
    """A private key in PEM (PKCS#8), for a file that its owner alone reads."""
    return cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Pki:
    """The PKI of one simulator, in a directory. Who must check a certificate needs the public files only."""

    def __init__(self, dossier: Path):
        self.dossier = dossier

    def preparer(self, hotes: Sequence[str] = ("localhost", "127.0.0.1", "::1")) -> None:
        """Make what is missing: authorities, one certificate for each simulated service (valid for these hosts), an empty CRL."""
        self.dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._certificat(RACINE).exists():
            racine = autorite("AC racine de test du simulateur FPS", None, 1)
            self._garder(RACINE, racine)
            self._garder(PSCE, autorite("PSCE de test (profil RGS* simulé)", racine, 0))
            self._garder(SERVICES_AC, autorite("AC des services simulés", racine, 0))
        for party in SERVICES:
            if not self._certificat(party.value).exists():
                self._service(party, hotes)
        if not (self.dossier / CHEMIN_CRL).exists():
            self.publier_crl({})

    def _service(self, party: Party, hotes: Sequence[str]) -> None:
        de, cle, du = self.autorite(SERVICES_AC), ec.generate_private_key(ec.SECP256R1()), wall_now() - MARGE
        noms = [x509.UniformResourceIdentifier(f"{SERVICE_URI}{party}"), x509.DNSName(party.value), *map(_hote, hotes)]
        builder = bati(nom(f"{LIBELLES[party]} (simulé)"), cle.public_key(), de.certificat.subject, du, du + ANNEES)
        self._garder(party.value, Autorite(feuille(builder, cle.public_key(), de, noms), cle))

    def _certificat(self, nom: str) -> Path:
        return self.dossier / f"{nom}.crt"

    def fichier_cle(self, nom: str) -> Path:
        """Where the private key of an authority or of a service is."""
        return self.dossier / f"{nom}.key"

    def fichier_chaine(self, party: Party) -> Path:
        """Where the certificate of a service is, followed by that of its authority."""
        return self.dossier / f"{party}.chaine.crt"

    @property
    def fichier_racine(self) -> Path:
        """The root alone: what a client trusts."""
        return self._certificat(RACINE)

    @property
    def fichier_autorites(self) -> Path:
        """The root and the intermediate authorities: what a server checks client certificates with."""
        return self.dossier / "autorites.crt"

    def _garder(self, nom: str, qui: Autorite) -> None:
        # The key first: a certificate in its place says that all is there.
        ecrire(self.fichier_cle(nom), pem_cle(qui.cle), secret=True)
        texte = pem(qui.certificat)
        if nom in SERVICES:
            ecrire(self.fichier_chaine(Party(nom)), texte + self._certificat(SERVICES_AC).read_text())
        ecrire(self._certificat(nom), texte)
        if nom == SERVICES_AC:
            ecrire(self.fichier_autorites, "".join(self._certificat(n).read_text() for n in (RACINE, PSCE, SERVICES_AC)))

    def autorite(self, nom: str) -> Autorite:
        """An authority with its key; raises FileNotFoundError where only public files are."""
        cle = load_pem_private_key(self.fichier_cle(nom).read_bytes(), None)
        if not isinstance(cle, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.fichier_cle(nom)}: not a key of this PKI")
        return Autorite(self.certificat(nom), cle)

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

    def publier_crl(self, revoques: Mapping[int, datetime]) -> None:
        """Write the list of the revoked certificates of the test PSCE: serial number, and since when."""
        de, maintenant = self.autorite(PSCE), wall_now()
        builder = x509.CertificateRevocationListBuilder().issuer_name(de.certificat.subject)
        builder = builder.last_update(maintenant).next_update(maintenant + ANNEES)
        for serie, le in revoques.items():
            ligne = x509.RevokedCertificateBuilder().serial_number(serie).revocation_date(le).build()
            builder = builder.add_revoked_certificate(ligne)
        ecrire(self.dossier / CHEMIN_CRL, builder.sign(de.cle, SHA256()).public_bytes(Encoding.PEM).decode())

    def revoques(self) -> Mapping[int, datetime]:
        """The revoked serial numbers; the file is read again as soon as it changes."""
        chemin = self.dossier / CHEMIN_CRL
        etat = chemin.stat()
        marque = (etat.st_mtime_ns, etat.st_ino)
        if self.__dict__.get("_marque") != marque:
            crl = x509.load_pem_x509_crl(chemin.read_bytes())
            if not crl.is_signature_valid(self.certificat(PSCE).public_key()):  # type: ignore[arg-type]
                raise ValueError("la liste de révocation n'est pas signée par le PSCE de test")
            self._revoques = {ligne.serial_number: ligne.revocation_date_utc for ligne in crl}
            self._marque = marque
        return self._revoques


@cache
def ephemere() -> Pki:
    """The PKI that goes with this process: its directory is removed at the end."""
    dossier = Path(mkdtemp(prefix="fps-pki-"))
    atexit.register(rmtree, dossier, ignore_errors=True)
    pki = Pki(dossier)
    pki.preparer()
    return pki


def _hote(hote: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(hote))
    except ValueError:
        return x509.DNSName(hote)


def ecrire(chemin: Path, texte: str, *, secret: bool = False) -> None:
    """Write a file whole or not at all; a secret is readable by its owner only, from its first byte."""
    brouillon = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    descripteur = os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if secret else 0o644)
    with os.fdopen(descripteur, "w") as fichier:
        fichier.write(texte)
    brouillon.replace(chemin)
