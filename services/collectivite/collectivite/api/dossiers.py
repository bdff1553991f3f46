"""What the town does with a FPS after it is established: modify, cancel, take a payment, refund."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException

from collectivite.actes import annulation, paiement, remboursement
from collectivite.actes.transmission import renvoi
from collectivite.api.forfaits import ForfaitVu, Motif, Numero
from collectivite.api.rapos import NumeroAgent
from collectivite.domain.avis import AvisRectificatif
from collectivite.store import paiements_de, remboursements_de
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.print.impression import LetterError, render_async
from fps.kit.web.body import JsonRoute
from fps.messages.formats import Centimes, CentimesDus, Court, Iban, Jour
from fps.messages.paiement import Moyen
from fps.messages.parties_prenantes import Demandeur

NumeroPiece = Annotated[str, Query(max_length=40)]


class DemandeAnnulation(BaseModel):
    """Why a FPS is withdrawn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"motif": "Erreur de saisie de l'immatriculation."}})

    origine: Literal["erreur-agent", "autre"] = "erreur-agent"
    motif: Motif


class DemandeAnnulationTitre(BaseModel):
    """Why a FPS majoré is given up."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"motif": "Véhicule en règle, erreur reconnue."}})

    motif: Motif


class DemandeModification(BaseModel):
    """A lower amount, after a request without RAPO."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"agent": "90", "montant": 1500, "date_demande": "2026-06-20", "motif": "Ticket retrouvé."}},
    )

    agent: NumeroAgent
    montant: CentimesDus = Field(description="Nouveau montant, en centimes")
    date_demande: Jour = Field(description="Date de la demande qui provoque la modification")
    motif: Motif


class DemandeRenvoi(BaseModel):
    """The parts of a cancelled title, lowered to what ANTAI says it still bears; the act as it was when none is given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"majoration_annulee": 4000}})

    fps_annule: Centimes | None = Field(default=None, description="Part du FPS annulée, en centimes")
    majoration_annulee: Centimes | None = Field(default=None, description="Part de la majoration annulée, en centimes")


class DemandePaiement(BaseModel):
    """A payment that the town takes itself; its reference makes it unique."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"montant": 3500, "moyen": "internet", "reference": "CB-1"}})

    montant: CentimesDus
    moyen: Moyen = "internet"
    reference: Court


def lire_personne(valeur: Any) -> Any:
    """A person as JSON writes it, dates included."""
    return Demandeur.model_validate_json(json.dumps(valeur)) if isinstance(valeur, dict) else valeur


class DemandeRemboursement(BaseModel):
    """Where to send back what was paid in excess, wholly unless an amount is given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"iban": "FR7699999000010000000000115"}})

    iban: Iban
    montant: CentimesDus | None = None
    beneficiaire: Annotated[Demandeur, BeforeValidator(lire_personne)] | None = Field(
        default=None, description="Le payeur qui prouve son paiement, quand personne n'a contesté : la collectivité ne le connaît pas"
    )


class PaiementVu(BaseModel):
    """One payment as the town knows it, in centimes."""

    model_config = ConfigDict(from_attributes=True)

    reference: str
    moyen: str
    montant: int
    le: date
    minore: bool
    etat: str


class RemboursementVu(BaseModel):
    """One accounting document; the amount in centimes."""

    model_config = ConfigDict(from_attributes=True)

    numero: str
    numero_piece: str
    genre: Literal["TA", "MD"] = Field(description="Titre d'annulation (même exercice) ou mandat (exercice suivant)")
    exercice: int
    exercice_paiement: int
    date_piece: date
    cause: str
    montant: int
    etat: str


class RectificatifVu(BaseModel):
    """A rectifying notice; the amount in centimes."""

    model_config = ConfigDict(from_attributes=True)

    numero_avis: str
    numero: str
    agent: str
    montant: int
    date_edition: date


def routes(service: Service) -> APIRouter:
    """The acts on /fps/{numero}."""
    router = APIRouter(route_class=JsonRoute)

    @router.post("/fps/{numero}/annulation", tags=["FPS"], summary="Annuler un FPS avant tout titre exécutoire (quand l'ANTAI l'accepte)")
    async def annuler(request: Request, numero: Numero, d: DemandeAnnulation) -> ForfaitVu:
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: annulation.annuler(numero, d.origine, d.motif, w)))

    @router.post("/fps/{numero}/annulation-titre", tags=["FPS"], summary="Abandonner un FPS majoré (flux 8, quand l'ANTAI l'accepte)")
    async def annuler_titre(request: Request, numero: Numero, d: DemandeAnnulationTitre) -> ForfaitVu:
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: annulation.annuler_titre(numero, d.motif, w)))

    @router.post("/fps/{numero}/modification", tags=["FPS"], summary="Baisser le montant d'un FPS impayé", status_code=201)
    async def modifier(request: Request, numero: Numero, d: DemandeModification) -> RectificatifVu:
        async def run(work: Work) -> AvisRectificatif:
            return await annulation.modifier(numero, d.montant, d.agent, d.date_demande, d.motif, work)

        return RectificatifVu.model_validate(await service.ask(bac_of(request), run))

    @router.post("/fps/{numero}/actes/{rang}/renvoi", tags=["FPS"], summary="Renvoyer un acte que l'ANTAI a refusé")
    async def renvoyer(request: Request, numero: Numero, rang: Annotated[int, Path(ge=1)], d: DemandeRenvoi) -> ForfaitVu:
        sommes = d.model_dump(exclude_none=True)
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: renvoi.renvoyer(numero, rang, sommes, w)))

    @router.post("/fps/{numero}/paiement-rapide", tags=["Paiement"], summary="Payer avant l'envoi de l'avis (notice sur le pare-brise)")
    async def rapide(request: Request, numero: Numero, d: DemandePaiement) -> ForfaitVu:
        fait = await service.ask(bac_of(request), lambda w: paiement.payer_rapidement(numero, d.montant, d.moyen, d.reference, w))
        return ForfaitVu.voir(fait)

    @router.post("/fps/{numero}/paiements", tags=["Paiement"], summary="Payer auprès de la collectivité (cycle partiel)")
    async def payer(request: Request, numero: Numero, d: DemandePaiement) -> ForfaitVu:
        return ForfaitVu.voir(await service.ask(bac_of(request), lambda w: paiement.payer(numero, d.montant, d.moyen, d.reference, w)))

    @router.get("/fps/{numero}/paiements", tags=["Paiement"], summary="Lister les paiements connus")
    async def paiements(request: Request, numero: Numero) -> list[PaiementVu]:
        async with service.reading(bac_of(request)) as lecture:
            trouves = await paiements_de(lecture.tx, lecture.work.bac.nom, numero)
        return [PaiementVu.model_validate(p) for p in trouves]

    @router.post("/fps/{numero}/remboursements", tags=["Remboursement"], summary="Rembourser un trop-perçu (flux 9)", status_code=201)
    async def rembourser(request: Request, numero: Numero, d: DemandeRemboursement) -> RemboursementVu:
        fait = await service.ask(bac_of(request), lambda w: remboursement.rembourser(numero, d.iban, d.montant, d.beneficiaire, w))
        return RemboursementVu.model_validate(fait)

    @router.get("/fps/{numero}/remboursements", tags=["Remboursement"], summary="Lister les pièces comptables")
    async def remboursements(request: Request, numero: Numero) -> list[RemboursementVu]:
        async with service.reading(bac_of(request)) as lecture:
            trouves = await remboursements_de(lecture.tx, lecture.work.bac.nom, numero)
        return [RemboursementVu.model_validate(p) for p in trouves]

    @router.get("/fps/{numero}/piece-comptable", tags=["Remboursement"], summary="Lire une pièce comptable (PDF)", response_class=Response)
    async def piece(request: Request, numero: Numero, numero_piece: NumeroPiece) -> Response:
        async with service.reading(bac_of(request)) as lecture:
            trouvee = await remboursement.piece_connue(numero, numero_piece, lecture.work)
        try:
            pdf = await render_async(trouvee.message(), service.definition.documents, le=trouvee.date_piece)
        except LetterError as error:
            raise HTTPException(500) from error
        return Response(pdf, media_type="application/pdf")

    return router
