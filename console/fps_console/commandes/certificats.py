"""What `fps psce …` does: at the counter of the simulator that runs, or in the PKI of a directory when none does."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import TypeAdapter, ValidationError

from fps.droit.numero import siret_valide
from fps.errors import Refus
from fps.kit.ground.clock import PARIS
from fps.kit.ground.locks import take
from fps.kit.ground.settings import Settings
from fps.kit.trust import psce
from fps.kit.trust.pki import CHEMIN_CRL, PSCE, Pki, hote, nom, pem_cle
from fps.kit.wire.carrier import bearer, open_client
from fps.parties import Party
from fps_console.commandes.liaison import believed, pki_dir, que_faire, read_token
from fps_console.commandes.output import Panne, answer, dump, grid, say, screen
from fps_console.commandes.temps import instant

T = TypeVar("T")
CLE, DEMANDE, CERTIFICAT, AUTORITES = "cle.pem", "demande.csr", "certificat.crt", "autorites.crt"
ETATS = {"valide": "valide", "pas-encore-valide": "pas encore", "expire": "expiré", "revoque": "révoqué"}


@dataclass(frozen=True)
class Titulaire:
    """Whose certificate is asked, and the hosts of the server that it will also authenticate."""

    siret: str
    organisation: str | None
    nom: str | None
    hotes: tuple[str, ...]

    def demande(self, cle: ec.EllipticCurvePrivateKey) -> bytes:
        """The request of this holder for a key; raises Panne."""
        if self.organisation is None:
            raise Panne("Il manque --organisation.", "Le sujet du certificat nomme l'organisation, le SIRET et le système.")
        if not siret_valide(self.siret):
            raise Panne(f"Le SIRET « {self.siret} » n'existe pas : sa clé est fausse.", "Vérifiez ses 14 chiffres.")
        try:
            sujet = nom(self.nom or self.organisation, self.organisation, self.siret)
            return psce.demander(cle, sujet, [hote(texte) for texte in self.hotes])
        except ValueError as error:
            raise Panne(
                f"Ce sujet ne peut pas être écrit ({error}).", "Un nom compte de 1 à 64 caractères, un hôte est en ASCII."
            ) from error


class Guichet(Protocol):
    """Where certificates are asked: a directory, or the simulator that runs."""

    def emettre(self, csr: bytes, siret: str, duree: timedelta, debut: datetime | None) -> dict[str, Any]:
        """The certificate issued."""

    def revoquer(self, serie: str, motif: psce.MotifRevocation) -> dict[str, Any]:
        """The certificate revoked."""

    def lister(self, siret: str | None) -> list[dict[str, Any]]:
        """The certificates issued, the last first."""

    def crl(self, der: bool) -> bytes:
        """The revoked ones."""

    def autorites(self) -> bytes:
        """The authorities, in PEM."""


class Dossier:
    """The PKI of a directory."""

    def __init__(self, pki: Pki):
        self._pki = pki

    def emettre(self, csr: bytes, siret: str, duree: timedelta, debut: datetime | None) -> dict[str, Any]:
        return psce.vue(psce.emettre(self._pki, csr, siret, duree=duree, debut=debut), self._pki)

    def revoquer(self, serie: str, motif: psce.MotifRevocation) -> dict[str, Any]:
        return psce.vue(psce.revoquer(self._pki, serie, motif), self._pki)

    def lister(self, siret: str | None) -> list[dict[str, Any]]:
        return [psce.vue(emis, self._pki) for emis in psce.lister(self._pki, siret)]

    def crl(self, der: bool) -> bytes:
        return psce.der(self._pki) if der else (self._pki.publics / CHEMIN_CRL).read_bytes()

    def autorites(self) -> bytes:
        return psce.chaine(self._pki).encode()


class Simulateur:
    """The counter of ANTAI's service, which keeps each act in its audit journal."""

    def __init__(self, settings: Settings):
        self._settings = settings

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def run(client: httpx.AsyncClient) -> httpx.Response:
            return await client.request(method, f"{self._settings.addresses[Party.ANTAI]}/psce{path}", **options)

        answer = self._run(run)
        if answer.status_code >= 400:
            try:
                problem = answer.json()
            except ValueError:
                problem = {"title": f"Réponse inattendue de l'ANTAI (HTTP {answer.status_code})"}
            detail = problem.get("detail")
            raise Panne(f"{problem.get('title')}{f' : {detail}' if detail else ''}", que_faire(problem), problem=problem)
        return answer

    def _run(self, act: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        token, context = read_token(self._settings), believed(self._settings)

        async def run() -> T:
            async with open_client(headers=bearer(token), verify=context) as client:
                return await act(client)

        try:
            return asyncio.run(run())
        except httpx.HTTPError as error:
            where = self._settings.addresses[Party.ANTAI]
            raise Panne(f"L'ANTAI ne répond pas ({where}, {error!r}).", "Démarrez le simulateur, ou corrigez --adresses.") from error

    def emettre(self, csr: bytes, siret: str, duree: timedelta, debut: datetime | None) -> dict[str, Any]:
        params = {"siret": siret, "duree": f"PT{int(duree.total_seconds())}S", **({"debut": debut.isoformat()} if debut else {})}
        found: dict[str, Any] = self._ask("POST", "/certificats", params=params, content=csr).json()
        return found

    def revoquer(self, serie: str, motif: psce.MotifRevocation) -> dict[str, Any]:
        number = serie.replace(":", "").replace("/", "")
        found: dict[str, Any] = self._ask("POST", f"/certificats/{number}/revocation", json={"motif": motif}).json()
        return found

    def lister(self, siret: str | None) -> list[dict[str, Any]]:
        params = {"limite": 1_000, **({"siret": siret} if siret else {})}
        found: list[dict[str, Any]] = self._ask("GET", "/certificats", params=params).json()["elements"]
        return found

    def crl(self, der: bool) -> bytes:
        return self._ask("GET", "/crl", params={"format": "der" if der else "pem"}).content

    def autorites(self) -> bytes:
        return self._ask("GET", "/autorites").content


def guichet(settings: Settings, *, remote: bool) -> Guichet:
    """The counter of the simulator that runs on these data, or at the addresses given; else the directory, when it has the key."""
    pki = Pki(pki_dir(settings))
    if remote or _running(settings.data_dir) or ("addresses" in settings.model_fields_set and not pki.fichier_cle(PSCE).exists()):
        return Simulateur(settings)
    if not pki.fichier_cle(PSCE).exists():
        raise Panne(
            f"Le PSCE de test n'est pas dans {pki.dossier}.", "Faites-le : « fps psce initialiser » ; ou démarrez « fps up --tls »."
        )
    return Dossier(pki)


def _running(data_dir: Path) -> bool:
    """Whether `fps up` holds the data directory."""
    try:
        with (data_dir / "verrou").open() as file:
            take(file, shared=True)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def told(act: Callable[[], T]) -> T:
    """What an act gives; a refusal becomes its sentence."""
    try:
        return act()
    except Refus as error:
        raise Panne(f"{error.titre()} : {error.detail}", error.que_faire, code=error.code) from error


def prepare(settings: Settings, hotes: Sequence[str], en_json: bool = False) -> int:
    """Make the PKI, or add hosts to the certificates of its services; raises Panne."""
    pki = Pki(pki_dir(settings))
    try:
        pki.preparer(hotes)
    except ValueError as error:
        raise Panne(f"Un de ces hôtes ne peut pas être écrit ({error}).", "Donnez un nom ASCII ou une adresse IP.") from error
    phrase = f"La PKI de test est dans {pki.dossier} ; racine : {pki.fichier_racine}."
    return answer(en_json, phrase, dossier=pki.dossier, racine=pki.fichier_racine)


def make_key(qui: Titulaire, sortie: Path, en_json: bool = False) -> int:
    """A key and its request, in a directory; raises Panne."""
    _new_key(qui, sortie)
    phrase = f"Écrits dans {sortie} : {CLE} (gardez-la secrète) et {DEMANDE}."
    return answer(en_json, phrase, dossier=sortie, fichiers=[CLE, DEMANDE])


def _new_key(qui: Titulaire, sortie: Path) -> bytes:
    cle = ec.generate_private_key(ec.SECP256R1())
    csr = qui.demande(cle)
    sortie.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(sortie / CLE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Panne(f"{sortie / CLE} existe déjà : une clé n'est jamais remplacée.", "Choisissez un autre dossier avec --sortie.") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(pem_cle(cle))
    (sortie / DEMANDE).write_bytes(csr)
    return csr


def issue(
    settings: Settings,
    qui: Titulaire,
    csr: Path | None,
    sortie: Path | None,
    duree: str,
    debut: str | None,
    *,
    remote: bool,
    en_json: bool = False,
) -> int:
    """A certificate, for a request or for a key made now; raises Panne."""
    if csr is None and sortie is None:
        raise Panne("Dites où écrire la clé et le certificat : --sortie.", "Avec --csr, le certificat seul est donné.")
    try:
        length = TypeAdapter(timedelta).validate_strings(duree)
    except ValidationError as error:
        raise Panne(f"« {duree} » n'est pas une durée.", "Donnez par exemple P3Y, P90D ou PT30S.") from error
    counter = guichet(settings, remote=remote)
    start = instant(debut) if debut else None
    request = csr.read_bytes() if csr is not None else _new_key(qui, sortie or Path())
    try:
        emis = told(lambda: counter.emettre(request, qui.siret, length, start))
    except Panne:
        if csr is None and sortie is not None:  # the key made above is of no use
            for name in (CLE, DEMANDE):
                (sortie / name).unlink()
        raise
    if sortie is None:
        if en_json:
            dump({**emis, "dossier": None, "fichiers": []})
        else:
            sys.stdout.write(emis["certificat"])
        return 0
    sortie.mkdir(parents=True, exist_ok=True)
    (sortie / CERTIFICAT).write_text(emis["certificat"], "utf-8")
    (sortie / AUTORITES).write_bytes(counter.autorites())
    written = [*([CLE, DEMANDE] if csr is None else []), CERTIFICAT, AUTORITES]
    if en_json:
        dump({**emis, "dossier": sortie, "fichiers": written})
        return 0
    say(f"Certificat {emis['serie']} de « {emis['nom']} », SIRET {emis['siret']}, valable jusqu'au {_jour(emis['valide_au'])}.")
    say(f"Écrits dans {sortie} : {', '.join(written)}.")
    if csr is None:
        say(f"curl --cert {sortie / CERTIFICAT} --key {sortie / CLE} --cacert {sortie / AUTORITES} https://…")
    return 0


def revoke(settings: Settings, serie: str, motif: str, *, remote: bool, en_json: bool = False) -> int:
    """Revoke a certificate; raises Panne."""
    if motif not in list(psce.MotifRevocation):
        raise Panne(f"« {motif} » n'est pas un motif.", f"Donnez {', '.join(psce.MotifRevocation)}.")
    found = told(lambda: guichet(settings, remote=remote).revoquer(serie, psce.MotifRevocation(motif)))
    return answer(en_json, f"Le certificat {found['serie']} de « {found['nom']} » est révoqué.", **found)


def show(settings: Settings, siret: str | None, en_json: bool, *, remote: bool) -> int:
    """The certificates issued; raises Panne."""
    found = told(lambda: guichet(settings, remote=remote).lister(siret))
    if en_json:
        dump(found)
        return 0
    if not found:
        say("Le PSCE de test n'a émis aucun certificat.")
        return 0
    rows = [(x["serie"], x["siret"], x["nom"][:30], _jour(x["valide_au"]), ETATS[x["statut"]]) for x in found]
    grid("Certificats du PSCE de test", (("Série", {"no_wrap": True}), "SIRET", "Nom", "Valable jusqu'au", "État"), rows, on=screen())
    return 0


def publish_crl(settings: Settings, fichier: Path | None, der: bool, *, remote: bool, en_json: bool = False) -> int:
    """The CRL, on the screen or in a file; raises Panne."""
    if der and fichier is None:
        raise Panne("Une liste en DER s'écrit dans un fichier.", "Donnez FICHIER.")
    return _publish(guichet(settings, remote=remote).crl(der), fichier, en_json)


def publish_authorities(settings: Settings, fichier: Path | None, *, remote: bool, en_json: bool = False) -> int:
    """The authorities, on the screen or in a file; raises Panne."""
    return _publish(guichet(settings, remote=remote).autorites(), fichier, en_json)


def _publish(content: bytes, fichier: Path | None, en_json: bool) -> int:
    if fichier is not None:
        fichier.write_bytes(content)
    if en_json:
        dump({"fichier": fichier, "pem": content.decode() if fichier is None else None})
    elif fichier is None:
        sys.stdout.write(content.decode())
    return 0


def _jour(text: object) -> str:
    when = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
    return f"{when.astimezone(PARIS):%d/%m/%Y %H:%M}"
