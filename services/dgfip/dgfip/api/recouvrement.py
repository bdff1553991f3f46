"""Remise gracieuse of the majoration, suspension of the recovery, cheques that bounce: asked by a person, the comptable or a bank."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from dgfip.actes.recouvrement import ANNULATION, PAIEMENT, connue, planifier, rejeter_cheque, suivre_remise
from dgfip.api.prises import PriseVue
from dgfip.domain.ecritures import ecriture_remise
from dgfip.domain.refus import RemiseExcessive, RemiseNonDemandee
from dgfip.domain.remise import DemandeRemise, EtatRemise
from fps.droit.money import euros
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.messages.formats import Centimes, CentimesDus, Court, Ligne

Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro du FPS, 26 chiffres")]


class Demande(BaseModel):
    """What the redevable asks."""

    model_config = ConfigDict(extra="forbid")

    montant: CentimesDus
    motif: Ligne


class DecisionRemise(BaseModel):
    """What the comptable decides; 0 refuses."""

    model_config = ConfigDict(extra="forbid")

    montant_accorde: Centimes


class Rejet(BaseModel):
    """The cheque that the bank sends back."""

    model_config = ConfigDict(extra="forbid")

    reference: Court = Field(description="Référence imprimée sur le justificatif de paiement")


class Motif(BaseModel):
    """Why the recovery stops, or starts again."""

    model_config = ConfigDict(extra="forbid")

    motif: Ligne = Field(description="Annulation à l'examen, ou issue de l'examen")


class RemiseVue(BaseModel):
    """The latest request about a FPS majoré; amounts in centimes."""

    model_config = ConfigDict(from_attributes=True)

    numero_fps: str
    etat: EtatRemise
    demandee_le: date
    motif: str
    montant_demande: int
    decidee_le: date | None
    montant_accorde: int


def routes(router: APIRouter, service: Service) -> None:
    """The acts around the recovery."""

    @router.post(
        "/prises-en-charge/{numero}/remise",
        tags=["Recouvrement"],
        status_code=201,
        summary="Demander une remise gracieuse de la majoration",
    )
    async def demander(request: Request, numero: Numero, demande: Demande) -> RemiseVue:
        async def agir(work: Work) -> RemiseVue:
            prise, _ = await connue(numero, work, "numero")
            prise.exiger_payable()
            reste = prise.majoration_nette - prise.part_etat
            if demande.montant > reste:
                raise RemiseExcessive(f"La majoration encore due est de {euros(reste)}.", "montant")
            remise = await work.find(DemandeRemise, numero)
            if remise is None:
                remise = DemandeRemise(numero, work.today, demande.motif, demande.montant)
                work.add(remise)
            else:
                remise.redemander(work.today, demande.motif, demande.montant)
            work.record(numero, "remise-demandee", PAIEMENT, montant=demande.montant)
            return RemiseVue.model_validate(remise)

        return await service.ask(bac_of(request), agir)

    @router.post("/prises-en-charge/{numero}/remise/decision", tags=["Recouvrement"], summary="Décider d'une demande de remise")
    async def decider(request: Request, numero: Numero, decision: DecisionRemise) -> RemiseVue:
        async def agir(work: Work) -> RemiseVue:
            prise, _ = await connue(numero, work, "numero")
            remise = await work.find(DemandeRemise, numero)
            if remise is None:
                raise RemiseNonDemandee(f"FPS {numero}")
            montant = decision.montant_accorde
            remise.decider(work.today, montant)
            if montant:
                prise.remettre(montant)
                work.book(numero, ecriture_remise(montant, work.today), PAIEMENT)
                await suivre_remise(prise, work)
            work.record(numero, "remise-accordee" if montant else "remise-refusee", PAIEMENT, montant=montant)
            return RemiseVue.model_validate(remise)

        return await service.ask(bac_of(request), agir)

    @router.post(
        "/prises-en-charge/{numero}/suspension",
        tags=["Recouvrement"],
        summary="Suspendre le recouvrement pendant l'examen d'une annulation",
    )
    async def suspendre(request: Request, numero: Numero, motif: Motif) -> PriseVue:
        async def agir(work: Work) -> PriseVue:
            prise, _ = await connue(numero, work, "numero")
            prise.suspendre(work.today)
            planifier(prise, work)
            work.record(numero, "suspension", ANNULATION, motif=motif.motif)
            return PriseVue.voir(prise, work.today)

        return await service.ask(bac_of(request), agir)

    @router.post("/prises-en-charge/{numero}/reprise", tags=["Recouvrement"], summary="Reprendre le recouvrement")
    async def reprendre(request: Request, numero: Numero, motif: Motif) -> PriseVue:
        async def agir(work: Work) -> PriseVue:
            prise, _ = await connue(numero, work, "numero")
            prise.reprendre()
            planifier(prise, work, work.today)
            work.record(numero, "reprise", ANNULATION, motif=motif.motif)
            return PriseVue.voir(prise, work.today)

        return await service.ask(bac_of(request), agir)

    @router.post("/prises-en-charge/{numero}/cheque-impaye", tags=["Paiement"], summary="La banque rejette un chèque encaissé")
    async def rejeter(request: Request, numero: Numero, rejet: Rejet) -> PriseVue:
        async def agir(work: Work) -> PriseVue:
            prise, _ = await connue(numero, work, "numero")
            await rejeter_cheque(prise, rejet.reference, work)
            return PriseVue.voir(prise, work.today)

        return await service.ask(bac_of(request), agir)
