"""How the DGFiP found each date and amount of a FPS majoré: the rules it applied, told by themselves."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.refus import PriseEnChargeInconnue
from fps.calculs import (
    date_envoi_avertissement,
    date_limite_rabais,
    date_limite_recours,
    date_notification_postale,
    date_prescription,
    majoration,
    net_de_rabais,
    rabais,
    total_titre,
)
from fps.kit.bac_path import bac_of
from fps.kit.explication import Explication, expliquer, venu_de
from fps.kit.service import Service

Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro du FPS, 26 chiffres")]
Champ = Annotated[str, Path(max_length=60, description="La date ou le montant : rabais, date_limite_rabais…")]


def envoi(prise: PriseEnCharge) -> date:
    """The send date of the avertissement."""
    return venu_de(prise.date_envoi, lambda: date_envoi_avertissement(prise.date_titre))


def notification(prise: PriseEnCharge) -> date:
    """The notification of the avertissement, by post."""
    return venu_de(prise.date_notification, lambda: date_notification_postale(envoi(prise)))


def calculs(prise: PriseEnCharge) -> dict[str, Callable[[], Any]]:
    """The rule of each field."""

    def majore() -> int:
        return majoration(prise.montant_impaye, prise.date_titre)

    def accorde() -> int:
        return rabais(prise.fps_net, majore() - prise.majoration_annulee - prise.majoration_remise, envoi(prise))

    return {
        "majoration": majore,
        "total_du": lambda: total_titre(prise.montant_impaye, majore()),
        "rabais": accorde,
        "montant_avec_rabais": lambda: net_de_rabais(total_titre(prise.montant_impaye, majore()), accorde()),
        "date_envoi": lambda: envoi(prise),
        "date_notification": lambda: notification(prise),
        "date_limite_rabais": lambda: date_limite_rabais(envoi(prise)),
        "date_limite_recours": lambda: date_limite_recours(notification(prise)),
        "date_prescription": lambda: date_prescription(prise.date_titre),
    }


def valeurs(prise: PriseEnCharge) -> dict[str, Any]:
    """The fields as the prise en charge keeps them, and those that the avertissement prints."""
    averti = prise.date_envoi is not None
    return {
        **vars(prise),
        "total_du": prise.total_du,
        "rabais": prise.rabais if averti else None,
        "montant_avec_rabais": prise.total_du - prise.rabais if averti else None,
        "date_limite_recours": None if prise.date_notification is None else date_limite_recours(prise.date_notification),
        "date_prescription": date_prescription(prise.date_titre),
    }


def routes(router: APIRouter, service: Service) -> None:
    """The route that explains."""

    @router.get("/prises-en-charge/{numero}/explication/{champ}", tags=["Prises en charge"], summary="Expliquer une date ou un montant")
    async def explication(request: Request, numero: Numero, champ: Champ) -> Explication:
        async with service.reading(bac_of(request)) as lecture:
            prise = await lecture.work.find(PriseEnCharge, numero)
        if prise is None:
            raise PriseEnChargeInconnue(f"FPS {numero}", "numero")
        return expliquer(numero, champ, valeurs(prise), calculs(prise))
