"""What follows a decision: cassation, execution, penalty by the day."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from ccsp.actes.greffe import connue
from ccsp.api.requetes import Numero, RequeteVue
from ccsp.domain.delais import limite_pourvoi
from ccsp.domain.refus import ExecutionImpossible, ExecutionPrematuree, PourvoiImpossible
from ccsp.domain.requete import EtatRequete, Requete
from fps.droit.calculs import date_phase_juridictionnelle
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.messages.formats import CentimesDus

EXECUTION = "CGCT, art. R. 2333-120-74"


class Astreinte(BaseModel):
    """What the judge of the execution orders a day, in centimes."""

    model_config = ConfigDict(extra="forbid")

    montant_jour: CentimesDus


def routes(router: APIRouter, service: Service) -> None:
    """The acts on /requetes once the judge has decided."""

    async def faire(request: Request, numero: str, acte: str, article: str, agir: Any, **donnees: Any) -> RequeteVue:
        async def run(work: Work) -> RequeteVue:
            requete = await connue(numero, work)
            agir(requete, work)
            work.record(requete.numero_fps, acte, article, numero_requete=numero, **donnees)
            return RequeteVue.model_validate(requete)

        return await service.ask(bac_of(request), run)

    @router.post("/requetes/{numero}/pourvoi", summary="Noter un pourvoi en cassation")
    async def pourvoi(request: Request, numero: Numero) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            limite = limite_pourvoi(requete)
            if limite is None or requete.pourvoi_le is not None or work.today > limite:
                raise PourvoiImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            requete.pourvoi_le = work.today

        return await faire(request, numero, "pourvoi", "CJA, art. R. 821-1", agir)

    @router.post("/requetes/{numero}/execution", summary="Demander l'exécution d'une décision")
    async def execution(request: Request, numero: Numero) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            if requete.limite_execution is None or requete.etat is not EtatRequete.NOTIFIEE:
                raise ExecutionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            if work.today <= requete.limite_execution:
                raise ExecutionPrematuree(f"Jusqu'au {requete.limite_execution:%d/%m/%Y}.")
            requete.passer("demander_execution")
            requete.execution_demandee_le = work.today
            work.schedule(requete.numero, "execution", date_phase_juridictionnelle(work.today) + timedelta(days=1))

        return await faire(request, numero, "demande-execution", EXECUTION, agir)

    @router.post("/requetes/{numero}/astreinte", summary="Prononcer une astreinte")
    async def astreinte(request: Request, numero: Numero, somme: Astreinte) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            if requete.etat is not EtatRequete.EXECUTION_JURIDICTIONNELLE:
                raise ExecutionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            requete.astreinte_jour = somme.montant_jour

        return await faire(request, numero, "astreinte", EXECUTION, agir, montant_jour=somme.montant_jour)

    @router.post("/requetes/{numero}/classement", summary="Classer une demande d'exécution satisfaite")
    async def classement(request: Request, numero: Numero) -> RequeteVue:
        def agir(requete: Requete, work: Work) -> None:
            if requete.etat not in (EtatRequete.EXECUTION_DEMANDEE, EtatRequete.EXECUTION_JURIDICTIONNELLE):
                raise ExecutionImpossible(f"Requête {requete.numero}, état « {requete.etat} ».")
            requete.passer("classer")
            work.unschedule(requete.numero)

        return await faire(request, numero, "classement", EXECUTION, agir)
