"""What was filed for a petition, read again: the list, the accusés, the files; by the portal, by the interface, by the registry."""

import base64
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from ccsp.actes.defense import depots_de
from ccsp.actes.requete import communiquee, connue
from ccsp.api.acteurs import Numero, Siret, agents, lire, prestataire
from ccsp.domain import lettres
from ccsp.domain.bordereau import Contenu, Depot, relire
from fps.confiance.habilitation import Identite
from fps.kit.engine.service import Reading, Service
from fps.kit.ground.clock import civil_date
from fps.kit.trust.acces import administration, auteur, certificat
from fps.kit.web.body import JsonRoute, Router
from fps.kit.web.media import PDF
from fps.kit.web.media import fichier as fichier_donne
from fps.messages.recours_collectivite import AccuseDepotMemoire

TAG = "Dépôts de la défense"
FICHIER = fichier_donne("Le fichier tel qu'il a été reçu", PDF, "image/jpeg", "image/png", "text/plain")
Permis = Callable[[Service, Request, str], Awaitable[Identite | str]]  # who reads: raises when it may not
DepotChemin = Annotated[str, Path(max_length=20, description="Numéro du dépôt : celui de la requête, tiret, D et son ordre")]
Rang = Annotated[int, Path(ge=1, le=99, description="Rang de la pièce dans le bordereau")]


class DepotVu(BaseModel):
    """Un dépôt : quand il est venu, à l'horloge du bac et en temps réel, de qui, et son SHA-256."""

    model_config = ConfigDict(from_attributes=True)

    numero: str
    nature: str
    canal: str
    rang: int | None
    fichier: str
    type_media: str
    taille: int | None
    empreinte: str
    horodatage: datetime
    wall_time: datetime
    par: str


class AccuseHorodate(BaseModel):
    """L'accusé d'un dépôt, et l'heure réelle à laquelle il a été donné."""

    accuse: AccuseDepotMemoire
    wall_time: datetime


def horodate(accuse: AccuseDepotMemoire, wall_time: datetime) -> AccuseHorodate:
    """An accusé with its true time."""
    return AccuseHorodate(accuse=accuse, wall_time=wall_time)


async def du_siret(siret: Siret) -> None:
    """What makes the contract say the SIRET of the address; the routes read it there when there is one."""


async def sans_condition(service: Service, request: Request, siret: str) -> str:
    """The session, or the pilot's credential, is enough."""
    return auteur(request)


def routes(service: Service) -> Router:
    """The same reading behind three doors."""
    toutes = Router()

    def lisible(prefixe: str, porte: Any, permis: Permis) -> None:
        """Four routes under a prefix; where it names a collectivité, only what was communicated to it is found."""
        nommee = [Depends(du_siret)] if "{siret}" in prefixe else []
        router = Router(prefix=prefixe, route_class=JsonRoute, dependencies=[porte, *nommee], tags=[TAG])

        async def trouver(request: Request, numero: str, choisir: Callable[[Any], Any]) -> tuple[Any, Any, Contenu | None]:
            siret = request.path_params.get("siret")
            qui = await permis(service, request, siret or "")

            async def run(lu: Reading) -> tuple[Any, Any, Contenu | None]:
                requete = await connue(numero, lu.work) if siret is None else await communiquee(numero, siret, lu.work)
                choisi = choisir(await depots_de(numero, lu.work))
                return requete, choisi, await lu.work.find(Contenu, choisi.numero) if isinstance(choisi, Depot) else None

            return await lire(service, request, run, qui)

        @router.get("/depots", summary="Lister ce que la défense a déposé")
        async def lister(request: Request, numero: Numero) -> list[DepotVu]:
            _, bordereau, _ = await trouver(request, numero, lambda b: b)
            return [DepotVu.model_validate(depot) for depot in bordereau.depots]

        @router.get("/depots/{depot}", summary="Lire l'accusé d'un dépôt")
        async def accuse(request: Request, numero: Numero, depot: DepotChemin) -> AccuseHorodate:
            requete, trouve, _ = await trouver(request, numero, lambda b: b.depot(depot))
            return horodate(lettres.accuse_memoire(requete, trouve, civil_date(trouve.horodatage)), trouve.wall_time)

        @router.get(
            "/depots/{depot}/contenu",
            summary="Télécharger un dépôt, son empreinte recalculée",
            response_class=Response,
            responses=FICHIER,
        )
        async def contenu_du_depot(request: Request, numero: Numero, depot: DepotChemin) -> Response:
            _, trouve, contenu = await trouver(request, numero, lambda b: b.depot(depot))
            return fichier(trouve, contenu)

        @router.get(
            "/pieces/{rang}",
            summary="Télécharger une pièce, son empreinte recalculée",
            response_class=Response,
            responses=FICHIER,
        )
        async def piece(request: Request, numero: Numero, rang: Rang) -> Response:
            _, trouve, contenu = await trouver(request, numero, lambda b: b.piece(rang))
            return fichier(trouve, contenu)

        toutes.take(router)

    lisible("/portail/{siret}/requetes/{numero}", agents(service), sans_condition)
    lisible("/teletransmission/{siret}/requetes/{numero}", certificat(service), prestataire)
    lisible("/requetes/{numero}", administration(service), sans_condition)
    return toutes


def fichier(depot: Depot, contenu: Contenu | None) -> Response:
    """The file as it was received, with its SHA-256 in Repr-Digest (RFC 9530); never shown inside a page."""
    octets = relire(depot, contenu)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(depot.fichier, safe='')}",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(depot.empreinte)).decode()}:",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(octets, media_type=depot.type_media, headers=headers)
