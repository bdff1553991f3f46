"""The authorisation of a letter: whose certificate brought it, and what the collectivité lets that certificate do."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeGuard

from sqlalchemy import bindparam, select

from fps.confiance.habilitation import (
    INTERNE,
    PERMISSIONS,
    EtatHabilitation,
    Habilitation,
    Identite,
    Permission,
    sirets_de,
    verifier_habilitation,
    zone_de,
)
from fps.confiance.refus import AutreBac, AutreSiret, CertificatRequis, NonDepose, RoleInterdit
from fps.kit.data import tables
from fps.kit.data.records import Record
from fps.kit.engine.work import Work
from fps.messages.message import Message
from fps.parties import LIBELLES, Channel, Party

RECORD = Record.of(tables.habilitations, Habilitation)
REFERENCE = f"service:{Party.COLLECTIVITE}"  # the system that this simulator ships for every town
_H = tables.habilitations.c
_ELSEWHERE: Any = select(_H.bac, _H.siret).where(_H.cle == bindparam("cle"))

Acces = Callable[[Any, Habilitation | None, Work], Awaitable[str | None]]


async def sans_condition(message: Message, habilitation: Habilitation | None, work: Work) -> str | None:
    """A service that asks nothing but an active certificate."""
    return zone_de(message)


def checked(qui: Identite | None, message: Message) -> TypeGuard[Identite]:
    """Whether a habilitation must be found for this letter."""
    return qui is not None and qui is not INTERNE and message.channel is Channel.REST and message.sender is Party.COLLECTIVITE


async def authorise(acces: Acces, message: Message, qui: Identite | None, work: Work) -> None:
    """Raises AccesRefuse unless this caller may bring this message. A person needs no certificate; the broker has its own doorman."""
    if qui is INTERNE or message.channel is not Channel.REST:
        return
    if qui is None:
        raise CertificatRequis(f"Message « {message.nom} ».")
    if qui.service is not message.sender and (qui.service is not None or message.sender is not Party.COLLECTIVITE):
        raise RoleInterdit(f"« {qui.nom} » n'est pas « {LIBELLES[message.sender]} ».")
    if message.sender is not Party.COLLECTIVITE:
        return
    for siret in sirets_de(message, work.villes):
        await habilitee(acces, message, qui, siret, PERMISSIONS[type(message)], work, quoi=f"le message « {message.nom} »")


async def habilitee(
    acces: Acces, message: Message | None, qui: Identite, siret: str, permissions: frozenset[Permission], work: Work, *, quoi: str
) -> Habilitation:
    """The habilitation by which `qui` may do this for the collectivité `siret` now; raises AccesRefuse, with the step that is missing."""
    found = await work.find(Habilitation, qui.cle, siret)
    if found is None and qui.cle == REFERENCE and not work.bac.vierge:  # a town of which nobody told: enrolled like those of its bac
        found = de_reference(siret, work)
    zone = await acces(message, found, work)
    if found is None:
        raise await missing(qui, siret, work)
    verifier_habilitation(found, permissions, zone, work.now, quoi=quoi)
    return found


async def missing(qui: Identite, siret: str, work: Work) -> NonDepose | AutreSiret | AutreBac:
    """Why no habilitation was found: another collectivité's, another bac's, or nowhere."""
    rows = await work.tx.select(_ELSEWHERE, cle=qui.cle)
    if any(bac == work.bac.nom for bac, _ in rows):
        return AutreSiret(f"« {qui.nom} » : aucun dépôt pour le SIRET {siret}.")
    return AutreBac(f"« {qui.nom} », bac « {work.bac.nom} ».") if rows else NonDepose(f"« {qui.nom} », SIRET {siret}.")


def de_reference(siret: str, work: Work) -> Habilitation:
    """What lets the system that this simulator ships speak for a town, with every permission."""
    return Habilitation(
        cle=REFERENCE,
        siret=siret,
        prestataire="Système de référence (simulé)",
        siret_titulaire=None,
        certificat="",
        valide_du=None,
        valide_au=None,
        etat=EtatHabilitation.ACTIVE,
        zones=(),
        droits=tuple(Permission),
        deposee_le=work.now,
        effet_le=work.now,
    )


async def habiliter_reference(siret: str, work: Work) -> None:
    """Let the system that this simulator ships speak for a town; once."""
    await work.find_or_add(de_reference(siret, work))
