"""Who knocks at the court for a collectivité: the agents of its portal, its provider, or the pilot."""

from typing import Annotated, Any

from fastapi import Path, Request

from ccsp.actes.portail import RESPONSABLE, espace
from ccsp.actes.teletransmission import exiger_tout
from ccsp.domain.refus_portail import RoleResponsable
from fps.confiance import Droit
from fps.kit import guichet
from fps.kit.comptes import Compte
from fps.kit.portes import session, titulaire
from fps.kit.service import Service

Siret = guichet.Siret
Numero = Annotated[str, Path(max_length=20, description="Numéro de la requête, 8 chiffres")]
CONTENTIEUX = frozenset({Droit.CONTENTIEUX})


def agents(service: Service) -> Any:
    """The door of the agents of the collectivité that the address names."""
    return session(service, _espace)


def agents_ou_greffe(service: Service) -> Any:
    """The same, and the pilot's credential."""
    return session(service, _espace, ou_administration=True)


def _espace(request: Request) -> str:
    return espace(request.path_params["siret"])


def agent(request: Request) -> Compte:
    """The agent whose session opened the door."""
    compte = titulaire(request)
    if compte is None:
        raise RuntimeError("this door lets in agents only")
    return compte


def responsable(request: Request) -> None:
    """Raises RoleResponsable: what engages the collectivité, or its accounts, is for its responsable, or for the pilot."""
    compte = titulaire(request)
    if compte is not None and compte.role != RESPONSABLE:
        raise RoleResponsable(f"« {compte.login} » est inscrit comme « {compte.role} ».")


async def provider(service: Service, request: Request, siret: str) -> None:
    """Raises the missing step of who reads by the interface for a collectivité."""
    await guichet.habilite(service, request, siret, CONTENTIEUX, exiger_tout, "la lecture des dépôts")
