"""The test PSCE: certificates of providers issued from their requests with an RGS*-like profile, the list of them, their revocation."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from fps.confiance import depots
from fps.droit import droit
from fps.droit.numero import siret_valide
from fps.errors import Introuvable, MessageRefuse
from fps.kit.engine.once import Asked
from fps.kit.ground.clock import civil_date, wall_now
from fps.kit.trust.identity import cle_forte
from fps.kit.trust.pki import ICD_SIRENE, MARGE, PSCE, Hote, Pki, RevocationAuPsce, bati, feuille, nom, pem
from fps.kit.web import keys

DUREE: Final = timedelta(days=3 * 365)  # also the longest (hypothesis H102)
DEBUTS: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
NOMS: Final = 20  # hosts of one certificate
LIGNE: Final = 64 * 1024  # bytes: longer than any line of the index
RSA_MAXIMUM: Final = 8192
INDEX: Final = "certificats.jsonl"


class DemandeRefusee(MessageRefuse):
    """La demande de certificat est refusée"""

    code = "csr-refusee"
    que_faire = "Refaites la demande : « fps psce cle », ou openssl req -new avec un sujet /C=FR/O=…/OU=0002 SIRET/CN=…"


class CsrIllisible(DemandeRefusee):
    """La demande de certificat ne peut pas être lue"""

    code = "csr-illisible"
    que_faire = "Envoyez une demande PKCS#10, au format PEM ou DER."


class CsrSignature(DemandeRefusee):
    """La signature de la demande est fausse"""

    code = "csr-signature"
    que_faire = "La demande a été modifiée, ou n'est pas signée par sa propre clé : refaites-la."


class CsrEmpreinteFaible(DemandeRefusee):
    """La demande est signée avec une empreinte trop faible"""

    code = "csr-empreinte-faible"
    que_faire = "Signez la demande avec SHA-256 ou mieux : openssl req -sha256."


class CsrCleFaible(DemandeRefusee):
    """La clé de la demande n'est pas acceptée"""

    code = "csr-cle-faible"
    que_faire = f"Refaites une demande avec une clé RSA de 2048 à {RSA_MAXIMUM} bits, ou une clé P-256, P-384 ou P-521."


class CsrSujet(DemandeRefusee):
    """Le sujet de la demande n'est pas acceptable"""

    code = "csr-sujet"


class CsrSansSiret(DemandeRefusee):
    """Le sujet de la demande ne porte pas de SIRET"""

    code = "csr-sans-siret"
    que_faire = "Mettez dans le sujet : OU=0002, une espace, les 14 chiffres du SIRET."


class CsrSiretFaux(DemandeRefusee):
    """Le SIRET n'existe pas : sa clé est fausse"""

    code = "csr-siret-faux"
    que_faire = "Vérifiez les 14 chiffres du SIRET, dans la demande et dans son sujet."


class CsrSiretDifferent(DemandeRefusee):
    """Le SIRET du sujet n'est pas celui qui est déclaré"""

    code = "csr-siret-different"
    que_faire = "Déclarez le SIRET que porte le sujet de la demande, ou refaites-la."


class ValiditeInterdite(DemandeRefusee):
    """La durée ou la date de début n'est pas permise"""

    code = "certificat-validite"
    que_faire = "Demandez d'une seconde à trois ans, à partir d'un instant de ce siècle."


class CertificatInconnu(depots.CertificatInconnu):
    """Le PSCE de test n'a émis aucun certificat sous ce numéro de série"""

    article = ""
    que_faire = "« fps psce lister », ou GET /psce/certificats, donne les numéros de série."


class PsceAbsent(Introuvable):
    """Le PSCE de test n'est pas ici"""

    code = "psce-absent"
    que_faire = "Demandez au service ANTAI : sa PKI seule a la clé du PSCE."


class MotifRevocation(StrEnum):
    """Pourquoi un certificat est révoqué (RFC 5280, § 5.3.1)."""

    NON_PRECISE = "non-precise"
    CLE_COMPROMISE = "cle-compromise"
    AFFILIATION = "changement-affiliation"
    REMPLACE = "remplace"
    CESSATION = "cessation"


RAISONS: Final = {
    MotifRevocation.NON_PRECISE: x509.ReasonFlags.unspecified,
    MotifRevocation.CLE_COMPROMISE: x509.ReasonFlags.key_compromise,
    MotifRevocation.AFFILIATION: x509.ReasonFlags.affiliation_changed,
    MotifRevocation.REMPLACE: x509.ReasonFlags.superseded,
    MotifRevocation.CESSATION: x509.ReasonFlags.cessation_of_operation,
}
MOTIFS: Final = {raison: motif for motif, raison in RAISONS.items()}


class Statut(StrEnum):
    """Ce que vaut un certificat maintenant."""

    VALIDE = "valide"
    FUTUR = "pas-encore-valide"
    EXPIRE = "expire"
    REVOQUE = "revoque"


@dataclass(frozen=True, slots=True)
class Emis:
    """A line of the index: a certificate that was issued. Instants in UTC, ISO 8601; `serie` in hexadecimal."""

    serie: str
    siret: str
    organisation: str
    nom: str
    valide_du: str
    valide_au: str
    emis_le: str
    empreinte: str
    certificat: str
    cle: str = ""  # of the request that asked for it, when it had an Idempotency-Key: digests
    demande: str = ""

    def etat(self, pki: Pki) -> tuple[Statut, RevocationAuPsce | None]:
        """What it is worth at this instant of the real day, and its revocation."""
        revocation, maintenant = pki.revoques().get(int(self.serie, 16)), wall_now()
        if revocation is not None:
            return Statut.REVOQUE, revocation
        if maintenant < datetime.fromisoformat(self.valide_du):
            return Statut.FUTUR, None
        return (Statut.EXPIRE if maintenant > datetime.fromisoformat(self.valide_au) else Statut.VALIDE), None


def vue(emis: Emis, pki: Pki) -> dict[str, Any]:
    """A certificate as it is shown: the line of the index, what it is worth, its revocation."""
    statut, revocation = emis.etat(pki)
    le = None if revocation is None else revocation.le.isoformat()
    motif = None if revocation is None else MOTIFS.get(revocation.raison, MotifRevocation.NON_PRECISE)
    ligne = {nom: valeur for nom, valeur in asdict(emis).items() if nom not in ("cle", "demande")}
    return {**ligne, "statut": statut, "revoque_le": le, "motif": motif}


def emettre(
    pki: Pki, csr: bytes, siret: str, *, duree: timedelta = DUREE, debut: datetime | None = None, pour: Asked | None = None
) -> Emis:
    """Issue a certificate from a PKCS#10 request (PEM or DER) for a declared SIRET, and register it; raises DemandeRefusee or PsceAbsent.

    Without `debut` it is valid now, and a little before: clocks differ. `duree` counts from `debut`, else from now.
    `pour`: the request, when it has an Idempotency-Key. The index is a file, written before the database keeps the answer: a certificate
    that this request made, and whose answer was lost, is given again. Raises Malformed when the key was another request's.
    """
    demande = _lire(csr)
    if not siret_valide(siret):
        raise CsrSiretFaux(f"« {siret[:20]} ».", "siret")
    organisation, commun = _sujet(demande.subject, siret)
    noms = _hotes(demande)
    maintenant = wall_now().replace(microsecond=0)
    depart = debut or maintenant
    if not timedelta(seconds=1) <= duree <= DUREE or not DEBUTS[0] <= depart < DEBUTS[1]:
        raise ValiditeInterdite(f"Début {depart.isoformat()}, durée {duree}.")
    cle = demande.public_key()
    with _ecriture(pki):
        if pour is not None and (deja := _deja(pki, pour, maintenant)):
            return deja
        de = pki.autorite(PSCE)
        du, au = (depart if debut else depart - MARGE), depart + duree
        sujet = nom(commun, organisation, siret)
        certificat = feuille(bati(sujet, cle, de.certificat.subject, du, au), cle, de, noms, serveur=bool(noms))
        emis = Emis(
            serie=f"{certificat.serial_number:x}",
            siret=siret,
            organisation=organisation,
            nom=commun,
            valide_du=certificat.not_valid_before_utc.isoformat(),
            valide_au=certificat.not_valid_after_utc.isoformat(),
            emis_le=maintenant.isoformat(),
            empreinte=certificat.fingerprint(SHA256()).hex(),
            certificat=pem(certificat),
            cle="" if pour is None else pour.cle,
            demande="" if pour is None else pour.demande,
        )
        _inscrire(pki.publics / INDEX, emis)
    return emis


def _deja(pki: Pki, pour: Asked, maintenant: datetime) -> Emis | None:
    """What this key asked for already, as long as its answer would be kept."""
    depuis = maintenant - timedelta(hours=droit(civil_date(maintenant)).idempotence_heures)
    for emis in lister(pki):
        if emis.cle == pour.cle and datetime.fromisoformat(emis.emis_le) >= depuis:
            if emis.demande != pour.demande:
                raise keys.reused()
            return emis
    return None


def revoquer(pki: Pki, serie: str, motif: MotifRevocation = MotifRevocation.NON_PRECISE) -> Emis:
    """Put a certificate on the published CRL, at once and for ever; again changes nothing. Raises CertificatInconnu or PsceAbsent."""
    emis = trouver(pki, serie)
    with _ecriture(pki):
        connus = pki.publies()
        if int(emis.serie, 16) not in connus:
            pki.publier_crl({**connus, int(emis.serie, 16): RevocationAuPsce(wall_now().replace(microsecond=0), RAISONS[motif])})
    return emis


def lister(pki: Pki, siret: str | None = None) -> list[Emis]:
    """The certificates issued, the last first; those of one SIRET."""
    return [e for e in reversed(list(_lus(pki.publics / INDEX))) if siret is None or e.siret == siret]


def trouver(pki: Pki, serie: str) -> Emis:
    """The certificate of a serial number in hexadecimal, with or without colons and capitals; raises CertificatInconnu."""
    cherchee = serie.replace(":", "").strip().lower().lstrip("0")
    for un in _lus(pki.publics / INDEX):
        if un.serie == cherchee:
            return un
    raise CertificatInconnu(f"« {serie[:60]} ».")


def chaine(pki: Pki) -> str:
    """The authorities, in PEM: the test PSCE, that of the services, the root."""
    return "".join(pem(certificat) for certificat in (*pki.intermediaires, pki.racine))


@contextmanager
def _ecriture(pki: Pki) -> Iterator[None]:
    """Alone to write; raises PsceAbsent where the key of the PSCE is not."""
    if not pki.fichier_cle(PSCE).exists():
        raise PsceAbsent("Cette PKI n'a pas la clé du PSCE.")
    with pki.verrou():
        yield


def _lire(csr: bytes) -> x509.CertificateSigningRequest:
    """A request whose form, signature and key are good."""
    try:
        demande = (x509.load_pem_x509_csr if b"-----BEGIN" in csr else x509.load_der_x509_csr)(csr)
        demande.extensions, demande.subject  # noqa: B018 (read now: what is malformed in them is told here)
        empreinte = demande.signature_hash_algorithm
        cle = demande.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CsrIllisible("Ce n'est pas une demande PKCS#10 que ce PSCE sait lire.") from error
    if not cle_forte(cle) or (isinstance(cle, rsa.RSAPublicKey) and cle.key_size > RSA_MAXIMUM):
        raise CsrCleFaible(f"Clé {type(cle).__name__.strip('_').removesuffix('PublicKey')}, {getattr(cle, 'key_size', '?')} bits.")
    if empreinte is None or isinstance(empreinte, MD5 | SHA1):
        raise CsrEmpreinteFaible(f"Empreinte « {'aucune' if empreinte is None else empreinte.name} ».")
    if not demande.is_signature_valid:
        raise CsrSignature("La clé de la demande ne vérifie pas sa signature.")
    return demande


def _sujet(sujet: x509.Name, siret: str) -> tuple[str, str]:
    """Organisation and common name of a subject that names this SIRET, and nothing that could deceive a reader."""
    for attribut in sujet:
        valeur = attribut.value
        if not isinstance(valeur, str) or not 0 < len(valeur) <= 64 or not valeur.isprintable() or valeur != valeur.strip():
            nom_court = attribut.rfc4514_attribute_name[:20]
            raise CsrSujet(f"{nom_court} : de 1 à 64 caractères imprimables, sans espace au bord.", "sujet")
    unites = [str(a.value) for a in sujet.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)]
    sirets = [u.removeprefix(ICD_SIRENE).removeprefix(" ") for u in unites if u.startswith(ICD_SIRENE)]
    if not sirets:
        raise CsrSansSiret(f"OU : {', '.join(unites)[:100] or 'aucune'}.", "sujet")
    for trouve in sirets:
        if not siret_valide(trouve) or f"{ICD_SIRENE} {trouve}" not in unites:
            raise CsrSiretFaux(f"« {trouve} », dans le sujet.", "sujet")
        if trouve != siret:
            raise CsrSiretDifferent(f"Sujet : {trouve} ; déclaré : {siret}.", "siret")
    pays = _valeurs(sujet, NameOID.COUNTRY_NAME)
    if pays not in ([], ["FR"]):
        raise CsrSujet(f"C : « FR » attendu, « {', '.join(pays)} » reçu.", "sujet")
    organisation, commun = _valeurs(sujet, NameOID.ORGANIZATION_NAME), _valeurs(sujet, NameOID.COMMON_NAME)
    if len(organisation) != 1 or len(commun) != 1:
        raise CsrSujet("Un seul O (organisation) et un seul CN (nom) sont attendus.", "sujet")
    return organisation[0], commun[0]


def _valeurs(sujet: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(a.value) for a in sujet.get_attributes_for_oid(oid)]


def _hotes(demande: x509.CertificateSigningRequest) -> list[Hote]:
    """The hosts that the request names, for who receives letters over TLS; no other kind of name is certified."""
    try:
        noms = demande.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    hotes = [n for n in noms if isinstance(n, Hote)]
    if len(hotes) != len(noms) or len(hotes) > NOMS:
        raise CsrSujet(f"Noms alternatifs : {NOMS} noms DNS ou adresses IP au plus, et rien d'autre.", "sujet")
    if any(isinstance(h, x509.DNSName) and not (0 < len(h.value) <= 253 and h.value.isascii() and h.value.isprintable()) for h in hotes):
        raise CsrSujet("Noms alternatifs : un nom DNS compte de 1 à 253 caractères ASCII.", "sujet")
    return hotes


def _inscrire(index: Path, emis: Emis) -> None:
    """Add a line to the index, on the disk before the certificate is given; what a power cut left of another line is removed."""
    ligne = json.dumps(asdict(emis), ensure_ascii=False).encode() + b"\n"
    with index.open("a+b") as fichier:
        taille = fichier.seek(0, os.SEEK_END)
        fichier.seek(max(0, taille - LIGNE))
        fin = fichier.read()
        if fin and not fin.endswith(b"\n"):
            fichier.truncate(taille - (len(fin) - fin.rfind(b"\n") - 1))
        fichier.write(ligne)
        fichier.flush()
        os.fsync(fichier.fileno())


def _lus(index: Path) -> Iterator[Emis]:
    try:
        with index.open("rb") as fichier:
            for ligne in fichier:
                if ligne.endswith(b"\n"):
                    yield Emis(**json.loads(ligne))
    except FileNotFoundError:
        return


def der(pki: Pki) -> bytes:
    """The CRL in DER, as most tools want it."""
    return pki.crl().public_bytes(Encoding.DER)


def demander(cle: Any, sujet: x509.Name, hotes: Sequence[Hote] = ()) -> bytes:
    """A request for a key, in PEM, as `openssl req -new` makes one."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(sujet)
    if hotes:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(hotes)), critical=False)
    return builder.sign(cle, SHA256()).public_bytes(Encoding.PEM)
