"""The accounts of named people: their passwords (argon2, never kept), the lock after failures, their sessions."""

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from fps.confiance.refus import AccesRefuse
from fps.droit import droit
from fps.errors import Conflit, Introuvable, MessageRefuse
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.records import Record
from fps.kit.engine.work import Work
from fps.kit.ground.clock import civil_date
from fps.kit.trust.communs import commun
from fps.kit.wire.envelope import digest
from fps.regles import verrou

# argon2id with what OWASP asks at least: 19 Mio a computation, so that many at once do not exhaust a small machine.
HACHEUR: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
LONGUEUR: Final = range(12, 129)  # characters of a password
LOGIN: Final = r"^[a-z0-9][a-z0-9._@-]{0,59}$"
DISTINCTS: Final = 5
COURT: Final = 4  # characters of a login: a shorter one is in many words
CNIL = "CNIL, délibération n° 2022-100"


class MotDePasseFaible(MessageRefuse):
    """Ce mot de passe est trop facile à deviner"""

    code: ClassVar[str] = "mot-de-passe-faible"
    article = CNIL
    que_faire = (
        "Choisissez de 12 à 128 caractères, dont cinq différents au moins, sans y mettre l'identifiant, "
        "et autre chose que ce que tout le monde essaie."
    )


class LoginPris(Conflit):
    """Cet identifiant est déjà celui d'un compte de cet espace"""

    code = "identifiant-deja-pris"
    article = CNIL
    que_faire = "Choisissez un autre identifiant : un compte nomme une seule personne."


class CompteInconnu(Introuvable):
    """Cet espace n'a pas de compte de ce nom"""

    code = "compte-inconnu"
    article = CNIL
    que_faire = "Vérifiez l'identifiant dans la liste des comptes de l'espace."


class IdentifiantsRefuses(AccesRefuse):
    """L'identifiant ou le mot de passe ne sont pas reconnus"""

    code, statut = "identifiants-refuses", 401
    article = CNIL
    que_faire = (
        "Vérifiez l'identifiant et le mot de passe. Après cinq échecs le compte est verrouillé quinze minutes, puis le double "
        "à chaque nouvelle série ; la réponse reste alors celle-ci, même au bon mot de passe."
    )


class SessionRequise(AccesRefuse):
    """Cette adresse demande une session ouverte"""

    code, statut = "session-requise", 401
    article = CNIL
    que_faire = "Ouvrez une session (POST …/sessions), puis donnez son jeton : en-tête « Authorization: Bearer … »."


class SessionExpiree(AccesRefuse):
    """Cette session n'est plus ouverte"""

    code, statut = "session-expiree", 401
    article = CNIL
    que_faire = "Ouvrez une nouvelle session avec votre identifiant et votre mot de passe."


class EtatCompte(StrEnum):
    """La vie d'un compte : il attend son premier mot de passe, il sert, il est fermé pour toujours."""

    A_ACTIVER = "a-activer"
    ACTIF = "actif"
    FERME = "ferme"


@dataclass
class ComptePersonnel:
    """One person's account. `espace`: what it belongs to (« ccsp:SIRET »).

    The lock ends in real time, or with the date of the bac; the rest is wall time.
    """

    espace: str
    login: str
    nom: str
    role: str
    empreinte: str
    etat: EtatCompte
    cree_le: datetime  # of the bac
    mot_de_passe_le: datetime  # wall time: the sessions opened before are over
    echecs: int = 0
    verrouille_jusqu_a: datetime | None = None

    @property
    def qui(self) -> str:
        """How an audit line names the account."""
        return f"compte:{self.espace}/{self.login}"

    def verrouille(self, maintenant: datetime) -> bool:
        """Whether the account is locked at this instant of the bac."""
        return verrou.ferme(self.verrouille_jusqu_a, maintenant)

    def echouer(self, maintenant: datetime) -> None:
        """One more failure in a row; each full series locks twice as long as the one before."""
        self.echecs += 1
        self.verrouille_jusqu_a = verrou.regime_compte(civil_date(maintenant)).fin(self.echecs, maintenant) or self.verrouille_jusqu_a

    def reconnaitre(self) -> None:
        """The right password came: the failures before it are forgotten."""
        self.echecs, self.verrouille_jusqu_a = 0, None


@dataclass
class Session:
    """A session opened by an account, known by the SHA-256 of its token; in wall time."""

    jeton_sha256: str
    espace: str
    login: str
    ouverte_le: datetime
    expire_le: datetime
    fermee: bool = False


COMPTES = Record.of(tables.comptes_nominatifs, ComptePersonnel)
RECORDS: tuple[Record[Any], ...] = (COMPTES, Record.of(tables.sessions, Session))


def verifier_politique(login: str, mot_de_passe: str) -> None:
    """Raises MotDePasseFaible."""
    if len(mot_de_passe) not in LONGUEUR:
        raise MotDePasseFaible(f"{len(mot_de_passe)} caractères.", "mot_de_passe")
    if len(set(mot_de_passe)) < DISTINCTS:
        raise MotDePasseFaible("Moins de cinq caractères différents.", "mot_de_passe")
    if commun(mot_de_passe):
        raise MotDePasseFaible("C'est l'un de ceux que l'on essaie d'abord.", "mot_de_passe")
    if len(login) >= COURT and login.lower() in mot_de_passe.lower():
        raise MotDePasseFaible("Il contient l'identifiant.", "mot_de_passe")


async def hacher(login: str, mot_de_passe: str) -> str:
    """What is kept of a password, computed in a thread: never inside a transaction. Raises MotDePasseFaible."""
    verifier_politique(login, mot_de_passe)
    return await deriver(mot_de_passe)


async def deriver(secret: str) -> str:
    """What is kept of a secret that was drawn at random, computed in a thread."""
    return await asyncio.to_thread(HACHEUR.hash, secret)


@cache
def leurre() -> str:
    """What an unknown login is compared with, so that it takes as long as a known one."""
    return HACHEUR.hash(secrets.token_urlsafe(32))


def _concorde(empreinte: str | None, mot_de_passe: str) -> bool:
    try:
        HACHEUR.verify(empreinte or leurre(), mot_de_passe)
    except VerifyMismatchError:
        return False
    return empreinte is not None


async def concorde(empreinte: str | None, mot_de_passe: str) -> bool:
    """Whether a password is the one kept, computed in a thread at the same cost when there is none."""
    return await asyncio.to_thread(_concorde, empreinte, mot_de_passe)


async def creer(
    work: Work, espace: str, login: str, nom: str, empreinte: str, role: str = "agent", etat: EtatCompte = EtatCompte.ACTIF
) -> ComptePersonnel:
    """A new account, with what `hacher` gave of its password; raises LoginPris."""
    if await work.find(ComptePersonnel, espace, login) is not None:
        raise LoginPris(f"« {login} »", "login")
    compte = ComptePersonnel(espace, login, nom, role, empreinte, etat, cree_le=work.now, mot_de_passe_le=work.batch.wall)
    work.add(compte)
    return compte


async def connu(work: Work, espace: str, login: str) -> ComptePersonnel:
    """The account of that login; raises CompteInconnu."""
    compte = await work.find(ComptePersonnel, espace, login)
    if compte is None:
        raise CompteInconnu(f"« {login[:60]} »", "login")
    return compte


async def de_l_espace(tx: Transaction, bac: str, espace: str) -> list[ComptePersonnel]:
    """The accounts of an espace, in the order of their logins."""
    rows = await tx.load(tables.comptes_nominatifs, [(bac, espace)], ("bac", "espace"))
    return sorted((COMPTES.item(row) for row in rows), key=lambda compte: compte.login)


async def fermer(work: Work, espace: str, login: str) -> ComptePersonnel:
    """Close an account and its sessions; raises CompteInconnu."""
    compte = await connu(work, espace, login)
    compte.etat = EtatCompte.FERME
    return compte


async def session(work: Work, jeton: str | None, espace: str) -> ComptePersonnel:
    """Whose session a token is, in this espace; raises SessionRequise, SessionExpiree."""
    trouvee = await work.find(Session, digest(jeton)) if jeton else None
    compte = await work.find(ComptePersonnel, espace, trouvee.login) if trouvee is not None and trouvee.espace == espace else None
    if trouvee is None or compte is None:
        raise SessionRequise(f"Espace « {espace} ».")
    if trouvee.fermee or compte.etat is not EtatCompte.ACTIF or trouvee.ouverte_le < compte.mot_de_passe_le:
        raise SessionExpiree("Elle a été fermée.")
    if work.batch.wall >= trouvee.expire_le:
        raise SessionExpiree("Sa durée est écoulée.")
    return compte


async def fermer_session(work: Work, jeton: str) -> None:
    """End a session; ending it again changes nothing."""
    trouvee = await work.find(Session, digest(jeton))
    if trouvee is not None:
        trouvee.fermee = True


def ouvrir(work: Work, compte: ComptePersonnel) -> tuple[str, Session]:
    """A new session and its token, which is told once and never kept."""
    jeton, maintenant = secrets.token_urlsafe(32), work.batch.wall
    duree = timedelta(minutes=droit(work.today).compte_session_minutes)
    trouvee = Session(digest(jeton), compte.espace, compte.login, maintenant, maintenant + duree)
    work.add(trouvee)
    return jeton, replace(trouvee)
