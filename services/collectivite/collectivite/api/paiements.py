"""The payments that the town takes itself, and those that it knows."""

from datetime import date

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from collectivite.actes import paiement
from collectivite.api.forfaits import ForfaitVu
from collectivite.api.formes import Numero, Vue
from collectivite.store import paiements_de
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router
from fps.messages.formats import CentimesDus, Court
from fps.messages.moyens import Moyen


class DemandePaiement(BaseModel):
    """Un paiement que la commune encaisse elle-même ; sa référence le rend unique."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"montant": 3500, "moyen": "internet", "reference": "CB-1"}})

    montant: CentimesDus
    moyen: Moyen = "internet"
    reference: Court


class DemandePaiementPropre(DemandePaiement):
    """Un paiement à la commune, en cycle partiel : un chèque vaut à la date de son cachet (CRPA, art. L. 112-1)."""

    date_envoi: date | None = Field(default=None, description="Date du cachet de la poste, pour un chèque seulement")


class ChequeRejete(BaseModel):
    """Le chèque que la banque renvoie à la commune."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reference": "CHQ-1"}})

    reference: Court


class PaiementVu(Vue):
    """Un paiement tel que la commune le connaît, en centimes."""

    reference: str
    moyen: str
    montant: int
    le: date
    minore: bool
    etat: str


def routes(service: Service) -> Router:
    """/fps/{numero}/paiement-rapide, paiements and cheque-impaye."""
    router = Router(dependencies=[administration(service)])

    @router.post("/fps/{numero}/paiement-rapide", tags=["Paiement"], summary="Payer avant l'envoi de l'avis (notice sur le pare-brise)")
    async def rapide(request: Request, numero: Numero, d: DemandePaiement) -> ForfaitVu:
        fait = await service.ask(bac_of(request), lambda w: paiement.payer_rapidement(numero, d.montant, d.moyen, d.reference, w))
        return ForfaitVu.voir(fait)

    @router.post("/fps/{numero}/paiements", tags=["Paiement"], summary="Payer auprès de la collectivité (cycle partiel)")
    async def payer(request: Request, numero: Numero, d: DemandePaiementPropre) -> ForfaitVu:
        fait = await service.ask(bac_of(request), lambda w: paiement.payer(numero, d.montant, d.moyen, d.reference, d.date_envoi, w))
        return ForfaitVu.voir(fait)

    @router.post("/fps/{numero}/cheque-impaye", tags=["Paiement"], summary="La banque rejette un chèque de la collectivité (cycle partiel)")
    async def rejeter(request: Request, numero: Numero, d: ChequeRejete) -> ForfaitVu:
        fait = await service.ask(bac_of(request), lambda w: paiement.rejeter_cheque(numero, d.reference, w))
        return ForfaitVu.voir(fait)

    @router.get("/fps/{numero}/paiements", tags=["Paiement"], summary="Lister les paiements connus")
    async def paiements(request: Request, numero: Numero) -> list[PaiementVu]:
        async with service.reading(bac_of(request)) as lecture:
            trouves = await paiements_de(lecture.tx, lecture.work.bac.nom, numero)
        return [PaiementVu.model_validate(p) for p in trouves]

    return router
