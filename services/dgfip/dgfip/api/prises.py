"""The titles taken in charge."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field

from dgfip.actes.prise_en_charge import designee
from dgfip.domain.prise_en_charge import SOLDES, Etat, Interruption, PriseEnCharge
from dgfip.store import page_prises
from fps.droit.numero import telepaiement_titre
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import administration
from fps.kit.web.body import Router

Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro du FPS, 26 chiffres")]


class PriseVue(BaseModel):
    """Un titre pris en charge ; montants en centimes. Le redevable n'y est pas."""

    numero_fps: str
    numero_titre: str
    rang: int
    numero_telepaiement: str
    siret: str
    etat: Etat
    date_titre: date
    montant_impaye: int
    majoration: int
    total_du: int
    rabais: int
    rabais_du_jour: int = Field(description="Rabais d'un paiement fait aujourd'hui")
    a_payer: int = Field(description="Somme due aujourd'hui, 0 quand le titre est soldé")
    date_envoi: date | None
    date_notification: date | None
    date_limite_rabais: date | None
    rabais_accorde: int
    montant_paye: int
    paye_le: date | None
    part_collectivite: int = Field(description="Part de la collectivité dans ce qui est payé")
    fps_annule: int
    majoration_annulee: int
    majoration_remise: int = Field(description="Remise gracieuse accordée")
    net_du: int = Field(description="Ce que le titre réclame encore, payé ou non, rabais non déduit")
    a_rembourser: int
    montant_rembourse: int
    suspendu_le: date | None
    relance_le: date | None
    saisi_le: date | None
    interruptions: tuple[Interruption, ...] = Field(description="Les actes qui ont interrompu la prescription, chacun à sa date")
    date_prescription: date = Field(description="Dernier jour du recouvrement (LPF, art. L. 274)")

    @classmethod
    def voir(cls, prise: PriseEnCharge, le: date) -> "PriseVue":
        """What is shown of a title that day."""
        solde = prise.etat in SOLDES
        rabais = 0 if solde else prise.rabais_le(le)
        calcules = {
            "numero_telepaiement": telepaiement_titre(prise.numero_titre, prise.rang),
            "total_du": prise.total_du,
            "rabais_du_jour": rabais,
            "net_du": prise.net_du,
            "a_payer": prise.reste_du(le),
            "date_prescription": prise.date_prescription,
            "a_rembourser": prise.trop_percu if prise.etat is Etat.A_REMBOURSER else 0,
        }
        return cls.model_validate({**vars(prise), **calcules})


class PagePrises(BaseModel):
    """Une page de titres ; « suivant » est à donner dans « apres » pour la page suivante."""

    elements: list[PriseVue]
    suivant: str | None


def routes(service: Service) -> Router:
    """The titles."""
    router = Router(dependencies=[administration(service)])

    @router.get("/prises-en-charge", tags=["Prises en charge"], summary="Lister les titres pris en charge")
    async def lister(
        request: Request,
        etat: Etat | None = None,
        titre: Annotated[str | None, Query(pattern=r"^[0-9]{10}$", description="Numéro du titre collectif")] = None,
        apres: Annotated[str, Query(pattern=r"^([0-9]{26})?$", description="Dernier numéro de la page précédente")] = "",
        limite: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> PagePrises:
        async with service.reading(bac_of(request)) as lecture:
            trouvees = await page_prises(lecture.tx, lecture.work.bac.nom, etat, titre, apres, limite)
            vues = [PriseVue.voir(prise, lecture.work.today) for prise in trouvees]
        return PagePrises(elements=vues, suivant=vues[-1].numero_fps if len(vues) == limite else None)

    @router.get("/prises-en-charge/{numero}", tags=["Prises en charge"], summary="Consulter un titre pris en charge")
    async def consulter(request: Request, numero: Numero) -> PriseVue:
        async with service.reading(bac_of(request)) as lecture:
            return PriseVue.voir(await designee(numero, lecture.work), lecture.work.today)

    return router
