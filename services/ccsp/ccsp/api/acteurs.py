"""Who knocks at the court for a collectivité: the agents of its portal, its provider, or the pilot."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Path, Request

from ccsp.actes.acces import exiger_tout
from ccsp.actes.agents import RESPONSABLE, espace
from ccsp.domain.refus_portail import RoleResponsable
from fps.confiance.habilitation import Identite, Permission
from fps.errors import Refus
from fps.kit.engine.service import Reading, Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust import depot_certificats
from fps.kit.trust.acces import chemin, refuser, session, titulaire
from fps.kit.trust.personnes import ComptePersonnel

T = TypeVar("T")
Siret = depot_certificats.Siret
Numero = Annotated[str, Path(max_length=20, description="Numéro de la requête, 8 chiffres")]
CONTENTIEUX = frozenset({Permission.CONTENTIEUX})


def agents(service: Service) -> Any:
    """The door of the agents of the collectivité that the address names."""
    return session(service, _espace)


def agents_ou_greffe(service: Service) -> Any:
    """The same, and the pilot's credential."""
    return session(service, _espace, ou_administration=True)


def _espace(request: Request) -> str:
    return espace(request.path_params["siret"])


def agent(request: Request) -> ComptePersonnel:
    """The agent whose session opened the door."""
    compte = titulaire(request)
    if compte is None:
        raise RuntimeError("this door lets in agents only")
    return compte


async def responsable(service: Service, request: Request) -> None:
    """Raises RoleResponsable: what engages the collectivité, or its accounts, is for its responsable, or for the pilot."""
    compte = titulaire(request)
    if compte is not None and compte.role != RESPONSABLE:
        await refuser(service, request, RoleResponsable(f"« {compte.login} » est inscrit comme « {compte.role} »."), compte.qui)


async def lire(service: Service, request: Request, run: Callable[[Reading], Awaitable[T]], qui: Identite | str) -> T:
    """What `run` reads of the bac; its refusal is kept in the audit journal."""
    try:
        async with service.reading(bac_of(request)) as lecture:
            return await run(lecture)
    except Refus as refus:
        await service.note(bac_of(request), "lecture", qui, f"{request.method} {chemin(request)}", code=refus.code)
        raise


async def prestataire(service: Service, request: Request, siret: str) -> Identite:
    """Who reads by the interface for a collectivité; raises the missing step."""
    return await depot_certificats.habilite(service, request, siret, CONTENTIEUX, exiger_tout, "la lecture des dépôts")
