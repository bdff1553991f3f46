"""How ANTAI found each date and amount of a dossier: the rules it applied, told by themselves."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from antai.domain.dossier import Constat, Dossier
from antai.domain.espace import Espace, MinorationDeclaree
from antai.domain.refus import DossierInconnu
from fps.calculs import (
    Cycle,
    date_envoi_apa,
    date_limite_minoration,
    date_limite_paiement,
    date_limite_rapo,
    date_notification_electronique,
    date_notification_postale,
    emission_titre_le,
    majoration,
    montant_minore,
)
from fps.calendar import paris_date
from fps.communes import Commune, commune, est_connue
from fps.kit.bac_path import bac_of
from fps.kit.body import JsonRoute
from fps.kit.explication import Explication, ValeurPasEncoreConnue, expliquer, venu_de
from fps.kit.service import Service

Numero = Annotated[str, Path(pattern=r"^[0-9]{26}$", description="Numéro de l'avis de paiement, 26 chiffres")]
Champ = Annotated[str, Path(max_length=60, description="La date ou le montant : payer_avant_le, majoration…")]
ALIAS = {"payer_avant_le": "date_limite_paiement"}


def envoi(dossier: Dossier) -> date:
    """The send date of the first notice."""
    return venu_de(dossier.date_envoi, lambda: date_envoi_apa(dossier.recu_le))


def notification(dossier: Dossier) -> date:
    """The notification of the first notice: the day its electronic form is read, or by post."""
    if (lu_le := dossier.lu_le) is not None:
        return venu_de(dossier.date_notification, lambda: date_notification_electronique(lu_le))
    return venu_de(dossier.date_notification, lambda: date_notification_postale(envoi(dossier)))


def limite(dossier: Dossier) -> date:
    """The payment limit of the first notice."""
    return venu_de(dossier.date_limite_paiement, lambda: date_limite_paiement(notification(dossier)))


def titre(dossier: Dossier) -> date:
    """The date of the titre exécutoire."""
    cycle: Cycle = "partiel" if dossier.cycle == "partiel" else "complet"
    return venu_de(dossier.date_titre, lambda: emission_titre_le(limite(dossier), cycle))


def minoration(dossier: Dossier) -> date:
    """The last day of the reduced amount."""
    if dossier.minoration_delai is None:
        raise ValeurPasEncoreConnue("Aucune minoration n'est accordée.")
    return date_limite_minoration(envoi(dossier), dossier.minoration_delai)


def bareme(constat: Constat | None, ville: Commune | None) -> int | None:
    """The amount of the message FPS, from the tariff of its zone."""
    if constat is None or ville is None:
        return None
    message = constat.message
    jour = paris_date(message.date_heure_constat)
    return ville.montant_fps(message.lieu.zone, message.vehicule.categorie, jour, message.montant_deduit)


def calculs(dossier: Dossier, constat: Constat | None, declaree: MinorationDeclaree | None) -> dict[str, Callable[[], Any]]:
    """The rule of each field."""
    ville = commune(dossier.siret) if est_connue(dossier.siret) else None
    accordee = declaree or (ville.reduction if ville is not None else None)
    reduction = accordee.pourcent if accordee is not None else 0
    return {
        "montant": lambda: bareme(constat, ville),
        "minoration_montant": lambda: montant_minore(dossier.montant, reduction),
        "date_envoi": lambda: envoi(dossier),
        "date_notification": lambda: notification(dossier),
        "date_limite_paiement": lambda: limite(dossier),
        "date_limite_rapo": lambda: date_limite_rapo(notification(dossier)),
        "minoration_jusqu_au": lambda: minoration(dossier),
        "date_titre": lambda: titre(dossier),
        "majoration": lambda: majoration(dossier.montant, titre(dossier)),
    }


def valeurs(dossier: Dossier) -> dict[str, Any]:
    """The fields as the dossier keeps them; the RAPO limit is printed, not kept."""
    rapo = None if dossier.date_notification is None else date_limite_rapo(dossier.date_notification)
    return {**vars(dossier), "date_limite_rapo": rapo, "majoration": dossier.majoration or None}


def routes(service: Service) -> APIRouter:
    """The route that explains."""
    router = APIRouter(route_class=JsonRoute)

    @router.get("/dossiers/{numero}/explication/{champ}", tags=["Dossiers"], summary="Expliquer une date ou un montant")
    async def explication(request: Request, numero: Numero, champ: Champ) -> Explication:
        async with service.reading(bac_of(request)) as lecture:
            dossier, constat = await lecture.work.find(Dossier, numero), await lecture.work.find(Constat, numero)
            espace = await lecture.work.find(Espace, numero[:14])
        if dossier is None:
            raise DossierInconnu(f"Numéro {numero}", "numero")
        nom = ALIAS.get(champ, champ)
        return expliquer(numero, nom, valeurs(dossier), calculs(dossier, constat, espace.reglages.minoration if espace else None))

    return router
