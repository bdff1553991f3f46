"""The refunds of what was paid in excess, and their accounting documents."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException

from collectivite.actes import remboursement
from collectivite.api.formes import Numero, Vue
from collectivite.store import remboursements_de
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.print.impression import LetterError, render_async
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.kit.web.media import DOCUMENT
from fps.messages.formats import CentimesDus, Iban, Numero26
from fps.messages.parties_prenantes import Demandeur

NumeroPiece = Annotated[str, Query(max_length=40)]


def lire_personne(valeur: Any) -> Any:
    """A person as JSON writes it, dates included."""
    return Demandeur.model_validate_json(json.dumps(valeur)) if isinstance(valeur, dict) else valeur


class DemandeRemboursement(BaseModel):
    """Où rendre ce qui a été payé en trop, en entier sauf si un montant est donné."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"iban": "FR7699999000010000000000115"}})

    iban: Iban
    montant: CentimesDus | None = None
    beneficiaire: Annotated[Demandeur, BeforeValidator(lire_personne)] | None = Field(
        default=None, description="Le payeur qui prouve son paiement, quand personne n'a contesté : la collectivité ne le connaît pas"
    )


class DemandeCompensation(BaseModel):
    """Sur quel FPS imputer ce qui a été payé en trop : tout ce qu'il peut éteindre, sauf si un montant est donné."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"sur": "21590350100017261163072246"}})

    sur: Numero26 = Field(description="FPS majoré et encore dû du même redevable, à la même collectivité")
    montant: CentimesDus | None = None
    beneficiaire: Annotated[Demandeur, BeforeValidator(lire_personne)] | None = Field(
        default=None, description="Le payeur qui prouve son paiement, quand personne n'a contesté"
    )


class RemboursementVu(Vue):
    """Une pièce comptable ; montant en centimes."""

    numero: str
    numero_piece: str
    genre: Literal["TA", "MD"] = Field(description="Titre d'annulation (même exercice) ou mandat (exercice suivant)")
    exercice: int
    exercice_paiement: int
    date_piece: date
    cause: str
    montant: int
    compense_sur: str | None = Field(description="FPS majoré sur lequel la somme est imputée, au lieu d'être virée")
    etat: str


def routes(service: Service) -> Router:
    """/fps/{numero}/remboursements, compensation and piece-comptable."""
    router = Router(dependencies=[administration(service)])

    @router.post("/fps/{numero}/remboursements", tags=["Remboursement"], summary="Rembourser un trop-perçu (flux 9)", status_code=201)
    async def rembourser(request: Request, numero: Numero, d: DemandeRemboursement) -> RemboursementVu:
        fait = await service.ask(bac_of(request), lambda w: remboursement.rembourser(numero, d.iban, d.montant, d.beneficiaire, w))
        return RemboursementVu.model_validate(fait)

    @router.post(
        "/fps/{numero}/compensation",
        tags=["Remboursement"],
        summary="Imputer un trop-perçu sur un autre FPS du même redevable (flux 9)",
        status_code=201,
    )
    async def compenser(request: Request, numero: Numero, d: DemandeCompensation) -> RemboursementVu:
        fait = await service.ask(bac_of(request), lambda w: remboursement.compenser(numero, d.sur, d.montant, d.beneficiaire, w))
        return RemboursementVu.model_validate(fait)

    @router.get("/fps/{numero}/remboursements", tags=["Remboursement"], summary="Lister les pièces comptables")
    async def remboursements(request: Request, numero: Numero) -> list[RemboursementVu]:
        async with service.reading(bac_of(request)) as lecture:
            trouves = await remboursements_de(lecture.tx, lecture.work.bac.nom, numero)
        return [RemboursementVu.model_validate(p) for p in trouves]

    @router.get(
        "/fps/{numero}/piece-comptable",
        tags=["Remboursement"],
        summary="Lire une pièce comptable (PDF)",
        response_class=Response,
        responses=DOCUMENT,
    )
    async def piece(request: Request, numero: Numero, numero_piece: NumeroPiece) -> Response:
        async with service.reading(bac_of(request)) as lecture:
            trouvee = await remboursement.piece_connue(numero, numero_piece, lecture.work)
            message = trouvee.message(lecture.work.ville(trouvee.siret, trouvee.date_piece).nom)
        try:
            pdf = await render_async(message, service.definition.documents, le=trouvee.date_piece)
        except LetterError as error:
            raise HTTPException(500) from error
        return Response(pdf, media_type="application/pdf")

    return router
