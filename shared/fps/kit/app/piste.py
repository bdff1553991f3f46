"""The audit journal of a service, searched by who reads the pages: by act, outcome, text and instant, some lines at a time."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from fps.kit.app.formes import LigneAudit
from fps.kit.data.database import Transaction
from fps.kit.engine import audit, bacs
from fps.kit.engine.audit import FENETRE, Piste
from fps.kit.engine.service import Service
from fps.kit.web.body import Router
from fps.kit.web.media import forme
from fps.messages.formats import Instant


class PagePiste(BaseModel):
    """Les lignes trouvées ; « suivant » est à redonner dans « apres » pour chercher plus loin, même quand rien n'est trouvé ici."""

    lignes: list[LigneAudit]
    suivant: int | None = Field(description="Nul quand tout le journal a été vu")


def routes(router: Router, service: Service) -> None:
    """The search."""

    async def existant(tx: Transaction, nom: str) -> None:
        if nom != audit.SANS_BAC:
            await bacs.find(tx, nom)

    @router.get(
        "/bacs/{nom}/audit/recherche",
        summary="Chercher dans le journal d'audit d'un bac (« ? » : ce qui ne nommait aucun bac)",
        description=f"Un appel regarde {FENETRE} lignes au plus, dans l'ordre de leur rang.",
        response_model=None,
        responses=forme(PagePiste, "Les lignes trouvées"),
    )
    async def chercher(
        nom: str,
        acte: Annotated[str | None, Query(max_length=80, description="Un seul acte : lettre, porte, session, bac, destination…")] = None,
        resultat: Annotated[Literal["accepte", "refuse"] | None, Query(description="Ce qui a été admis, ou ce qui a été refusé")] = None,
        texte: Annotated[
            str | None, Query(min_length=1, max_length=200, description="Dans l'objet, les détails, le code ou qui : numéro, SIRET, code…")
        ] = None,
        du: Annotated[Instant | None, Query(description="À partir de cet instant, en temps réel")] = None,
        au: Annotated[Instant | None, Query(description="Avant cet instant")] = None,
        tri: Annotated[Literal["recentes", "anciennes"], Query(description="Les dernières d'abord, ou les premières")] = "recentes",
        apres: Annotated[int | None, Query(ge=0, lt=1 << 53, description="« suivant » de la page précédente, ou un rang")] = None,
        limite: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> dict[str, Any]:
        piste = Piste(acte, resultat, texte, du, au, tri == "recentes", apres)
        async with service.database.read() as tx:
            await existant(tx, nom)
            rows, suivant = await audit.suivre(tx, nom, piste, limite)
        return {"lignes": [audit.view(service.party, row) for row in rows], "suivant": suivant}
