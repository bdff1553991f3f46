"""The statement of a bac over HTTP: the whole, its dossiers page after page, and what was let in page after page."""

from typing import Annotated, Any

from fastapi import Query

from fps.kit.data import tables
from fps.kit.engine import bacs, releve
from fps.kit.engine.service import Service
from fps.kit.trust import entrees
from fps.kit.trust.habilitations import RECORD
from fps.kit.web.body import Router
from fps.releves import PARTIES, Certificat, PageDossiers, PageEntrees, Releve

Limite = Annotated[int, Query(ge=1, le=1_000)]


def routes(router: Router, service: Service) -> None:
    """The three reads of the statement, in the bac that the path names."""
    releveur = service.definition.releve
    du_bac, du_dossier = PARTIES[service.party]

    @router.get("/bacs/{nom}/releve", summary="Relever un bac entier : lettres, comptes, échéances, certificats, sommes")
    async def ensemble(nom: str) -> Releve[du_bac]:  # type: ignore[valid-type]
        async with service.reading(nom) as lecture:
            work = lecture.work
            commun = await releve.ensemble(work, await bacs.waiting(service, lecture.tx, work.bac))
            rows = await lecture.tx.load(tables.habilitations, [(nom,)], ("bac",))
            certificats = sorted((RECORD.item(row) for row in rows), key=lambda h: (h.siret, h.deposee_le, h.cle))
            partie: Any = None if releveur is None else await releveur.ensemble(work)
        return Releve[du_bac](**commun, certificats=tuple(Certificat.model_validate(h) for h in certificats), partie=partie)  # type: ignore[valid-type]

    @router.get("/bacs/{nom}/releve/dossiers", summary="Relever les dossiers d'un bac, une page après l'autre")
    async def dossiers(
        nom: str, apres: Annotated[str, Query(description="« suivant » de la page d'avant")] = "", limite: Limite = 200
    ) -> PageDossiers[du_dossier]:  # type: ignore[valid-type]
        async with service.reading(nom) as lecture:
            return await releve.dossiers(lecture.work, releveur, apres, limite)

    @router.get("/bacs/{nom}/releve/entrees", summary="Relever ce qui est entré par un certificat, et ce que les certificats deviennent")
    async def venues(nom: str, apres: Annotated[int, Query(ge=0, lt=1 << 40)] = 0, limite: Limite = 1_000) -> PageEntrees:
        async with service.reading(nom) as lecture:
            lignes, suivant = await entrees.lire(lecture.tx, nom, apres, limite)
        return PageEntrees(service=service.party, bac=nom, lignes=tuple(lignes), suivant=suivant)
