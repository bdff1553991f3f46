"""What the print shop is ordered to print: the requêtes d'impression, one by one, and the file of a batch as it gets it."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from antai.domain.refus import LotInconnu
from antai.store import impressions
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.media import NDJSON, fichier
from fps.kit.wire.envelope import canonical
from fps.messages.avis import RequeteImpression

FORMAT: Final = "fps-lot-impression"
VERSION: Final = 1
Siret = Annotated[str | None, Query(pattern=r"^[0-9]{14}$", description="Une seule collectivité")]


class PageImpressions(BaseModel):
    """Une page de requêtes d'impression ; « suivant » est à donner dans « apres » pour la page suivante."""

    elements: list[RequeteImpression]
    suivant: str | None = Field(description="Absent à la fin")


def routes(service: Service) -> Router:
    """The requêtes d'impression, and the file of a batch."""
    router = Router(dependencies=[administration(service)], tags=["Impression"])

    @router.get("/impressions", summary="Lister les requêtes d'impression, d'une collectivité ou de toutes")
    async def lister(
        request: Request,
        siret: Siret = None,
        apres: Annotated[str, Query(max_length=80)] = "",
        limite: Annotated[int, Query(ge=1, le=500, description="Nombre d'éléments de la page")] = 100,
    ) -> PageImpressions:
        async with service.reading(bac_of(request)) as lecture:
            found = await impressions.requetes(lecture.tx, lecture.work.bac.nom, siret, apres, limite)
        return PageImpressions(elements=[one for _, one in found], suivant=found[-1][0] if len(found) == limite else None)

    @router.get(
        "/impressions/lots/{lot}",
        summary="Lire le fichier d'un lot, tel que le prestataire d'édition le reçoit",
        description="NDJSON en UTF-8 : un en-tête (`format`, `version`, `lot`), une requête d'impression par ligne dans l'ordre des "
        'numéros d\'avis, puis `{"fin": {…}}` avec le nombre de requêtes, celui des pages et le SHA-256 de tous les octets qui '
        "précèdent. Le même lot donne les mêmes octets.",
        response_class=Response,
        responses=fichier("Le lot entier", NDJSON),
    )
    async def lot(
        request: Request,
        lot: Annotated[str, Path(max_length=40, description="Le jour de l'envoi et le rang du lot : 2024-03-01-01")],
        siret: Siret = None,
    ) -> Response:
        async with service.reading(bac_of(request)) as lecture:
            found = await impressions.du_jour(lecture.tx, lecture.work.bac.nom, lot, siret)
        if not found:
            raise LotInconnu(f"« {lot[:40]} »", "lot")
        return Response(fichier_du_lot(lot, found), media_type=NDJSON)

    return router


def fichier_du_lot(lot: str, requetes: Sequence[RequeteImpression]) -> bytes:
    """The bytes of a batch: a head, a line for each order, and a last line that counts them and seals what is before it."""
    tete = canonical({"format": FORMAT, "version": VERSION, "lot": lot})
    corps = "".join(f"{ligne}\n" for ligne in (tete, *(one.model_dump_json() for one in requetes))).encode()
    pages = sum(one.pages for one in requetes)
    fin = canonical({"fin": {"nombre": len(requetes), "pages": pages, "empreinte": hashlib.sha256(corps).hexdigest()}})
    return corps + f"{fin}\n".encode()
