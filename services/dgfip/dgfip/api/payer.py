"""The payment site of the FPS majorés: what is due on an avertissement, for who knows its two numbers; in JSON, and on a page."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from dgfip.domain.avertissement import CANAUX
from dgfip.domain.paiement import verifier_cle, verifier_titre
from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.refus import CleTelepaiementFausse, PriseEnChargeInconnue
from fps.droit.money import euros
from fps.errors import Refus
from fps.kit.engine.service import Service
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import publique
from fps.kit.web import page
from fps.kit.web.body import Router
from fps.kit.web.problems import status_of
from fps.messages.moyens import Moyen

TITRE = "Payer un forfait de post-stationnement majoré"
ACCUEIL = "Recopiez les deux numéros de l'avertissement : celui de télépaiement (20 chiffres) et celui du forfait (26 chiffres)."
SUITE = (
    "Aucun paiement réel n'est possible ici. Dans le simulateur, un paiement se fait par le flux 4 (POST /flux/04-paiement/paiement-titre)."
)
Saisie = Annotated[str, Query(max_length=60)]


class SommeDue(BaseModel):
    """Ce que le site de paiement montre quand les deux numéros s'accordent ; montants en centimes."""

    numero_fps: str
    numero_telepaiement: str
    total_du: int
    rabais: int
    a_payer: int
    date_limite_rabais: date | None
    canaux: list[Moyen]


def routes(service: Service) -> Router:
    """The routes of the payment site, open to everyone."""
    router = Router(dependencies=[publique(ecrit=True)])

    async def somme_due(request: Request, numero_telepaiement: str, numero_fps: str) -> SommeDue:
        verifier_cle(numero_telepaiement)
        async with service.reading(bac_of(request)) as lecture:
            prise = await lecture.work.find(PriseEnCharge, numero_fps)
            if prise is None:
                raise PriseEnChargeInconnue(f"FPS {numero_fps}", "numero_fps")
            verifier_titre(prise, numero_telepaiement)
            prise.exiger_payable()
            return SommeDue(
                numero_fps=numero_fps,
                numero_telepaiement=numero_telepaiement,
                total_du=prise.net_du,
                rabais=prise.rabais_le(lecture.work.today),
                a_payer=prise.reste_du(lecture.work.today),
                date_limite_rabais=prise.date_limite_rabais,
                canaux=list(CANAUX),
            )

    @router.get("/payer/{numero_telepaiement}", tags=["Paiement"], summary="Demander la somme due d'un avertissement")
    async def demander(
        request: Request,
        numero_telepaiement: Annotated[str, Path(pattern=r"^[0-9]{20}$", description="Titre (10), rang (8), clé (2)")],
        numero_fps: Annotated[str, Query(pattern=r"^[0-9]{26}$", description="Numéro du FPS imprimé sur l'avertissement")],
    ) -> SommeDue:
        return await somme_due(request, numero_telepaiement, numero_fps)

    @router.get(
        "/payer",
        tags=["Paiement"],
        summary="Page où mène le code QR d'un avertissement",
        response_class=HTMLResponse,
    )
    async def afficher(request: Request, numero: Saisie = "", numero_fps: Saisie = "") -> HTMLResponse:
        titre, fps = "".join(numero.split()), "".join(numero_fps.split())
        if not titre or not fps:
            return page.page(TITRE, page.paragraphe(ACCUEIL), _formulaire(numero, numero_fps))
        try:
            if len(titre) != 20 or not (titre.isascii() and titre.isdigit()):
                raise CleTelepaiementFausse("20 chiffres sont attendus.", "numero")
            due = await somme_due(request, titre, fps)
        except Refus as refus:
            return page.page(TITRE, page.refus(refus.titre(), refus.que_faire), _formulaire(numero, numero_fps), statut=status_of(refus))
        return page.page(TITRE, page.liste(_lignes(due)), page.paragraphe(SUITE))

    return router


def _formulaire(numero: str, numero_fps: str) -> str:
    champs = (
        page.Champ("numero", "Numéro de télépaiement", "2700 0000 0100 0000 0190", numero),
        page.Champ("numero_fps", "Numéro du forfait de post-stationnement", "21590350100017 26 1 163 072 245", numero_fps),
    )
    return page.formulaire(champs, "Voir la somme due")


def _lignes(due: SommeDue) -> dict[str, str]:
    lignes = {"Numéro de télépaiement": due.numero_telepaiement, "Total du titre": euros(due.total_du)}
    if due.rabais and due.date_limite_rabais is not None:
        lignes["Rabais"] = f"{euros(due.rabais)} jusqu'au {due.date_limite_rabais:%d/%m/%Y}"
    return {**lignes, "Somme due": euros(due.a_payer)}
