"""The doors of the accounts: a password is checked in a thread before the transaction, its failure counted inside it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.trust import personnes
from fps.kit.trust.personnes import ComptePersonnel, EtatCompte, IdentifiantsRefuses

T = TypeVar("T")
INCONNU = "compte:inconnu"  # what was typed as a login is not kept: it may be a password


@dataclass(frozen=True, slots=True)
class Ouverture:
    """An open session: its token, whose it is, until when (wall time)."""

    jeton: str
    login: str
    nom: str
    role: str
    expire_le: datetime


async def authentifier(
    service: Service,
    bac: str,
    espace: str,
    login: str,
    mot_de_passe: str,
    suite: Callable[[Work, ComptePersonnel], Awaitable[T]],
    *,
    etat: EtatCompte = EtatCompte.ACTIF,
    acte: str = "session",
) -> T:
    """Do `suite` for who gives the password of an account in that state; raises IdentifiantsRefuses, the same whatever is wrong.

    A locked account, an unknown login and a wrong password have the same answer at the same cost; the audit journal tells them apart.
    """
    while True:
        async with service.reading(bac) as lecture:
            lu = await lecture.work.find(ComptePersonnel, espace, login)
            empreinte = None if lu is None else lu.empreinte
        bon = await personnes.concorde(empreinte, mot_de_passe)

        async def run(work: Work, empreinte: str | None = empreinte, bon: bool = bon) -> tuple[T] | None:
            compte = await work.find(ComptePersonnel, espace, login)
            if (None if compte is None else compte.empreinte) != empreinte:
                return None  # the password changed meanwhile: what was compared is no longer it
            reconnu = _exiger(work, compte, bon, etat, espace, acte)
            work.audit(acte, reconnu.qui, espace)
            return (await suite(work, reconnu),)

        fait = await service.ask(bac, run)
        if fait is not None:
            return fait[0]


def _exiger(work: Work, compte: ComptePersonnel | None, bon: bool, etat: EtatCompte, espace: str, acte: str) -> ComptePersonnel:
    """Who gave the right password; else count the failure, write why, and raise IdentifiantsRefuses."""
    if compte is None:
        motif = "login-inconnu"
    elif compte.verrouille(work.verrous):
        motif = "compte-verrouille"
    elif not bon:
        motif = "mot-de-passe-faux"
        compte.echouer(work.verrous)
        work.lasting(compte)
    elif compte.etat is not etat:
        motif = f"compte-{compte.etat}"
    else:
        compte.reconnaitre()
        return compte
    work.audit(acte, INCONNU if compte is None else compte.qui, espace, code=IdentifiantsRefuses.code, motif=motif)
    raise IdentifiantsRefuses(f"Espace « {espace} ».")


async def ouvrir_session(service: Service, bac: str, espace: str, login: str, mot_de_passe: str) -> Ouverture:
    """Open a session; raises IdentifiantsRefuses."""

    async def suite(work: Work, compte: ComptePersonnel) -> Ouverture:
        jeton, ouverte = personnes.ouvrir(work, compte)
        return Ouverture(jeton, compte.login, compte.nom, compte.role, ouverte.expire_le)

    return await authentifier(service, bac, espace, login, mot_de_passe, suite)


async def changer_mot_de_passe(
    service: Service,
    bac: str,
    espace: str,
    login: str,
    ancien: str,
    nouveau: str,
    *,
    etat: EtatCompte = EtatCompte.ACTIF,
    verifier: Callable[[Work, ComptePersonnel], Awaitable[None]] | None = None,
) -> ComptePersonnel:
    """Replace a password, which ends the sessions; with the one-time code for `ancien` and the state « à activer », the first one.

    Raises MotDePasseFaible, IdentifiantsRefuses, and what `verifier` raises once the former one was right.
    """
    empreinte = await personnes.hacher(login, nouveau)

    async def suite(work: Work, compte: ComptePersonnel) -> ComptePersonnel:
        if verifier is not None:
            await verifier(work, compte)
        compte.empreinte, compte.etat, compte.mot_de_passe_le = empreinte, EtatCompte.ACTIF, work.batch.wall
        return compte

    return await authentifier(service, bac, espace, login, ancien, suite, etat=etat, acte="mot-de-passe")


async def fermer_session(service: Service, bac: str, jeton: str, compte: ComptePersonnel) -> None:
    """End a session."""

    async def run(work: Work) -> None:
        await personnes.fermer_session(work, jeton)
        work.audit("fin-session", compte.qui, compte.espace)

    await service.ask(bac, run)
