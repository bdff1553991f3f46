"""The page of a notice that the town printed itself: what is due, for who knows its number and the plate."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from collectivite.api.suivi import Suivi, consulter
from collectivite.domain.refus import SuiviInconnu
from fps.droit.money import euros
from fps.errors import Refus
from fps.kit.engine.service import Service
from fps.kit.trust.acces import publique
from fps.kit.web import page
from fps.kit.web.body import Router
from fps.kit.web.problems import status_of

TITRE = "Payer un forfait de post-stationnement à la collectivité"
ACCUEIL = "Recopiez le numéro de votre avis (26 chiffres, ou 28 avec sa clé) et la plaque du véhicule."
SUITE = "Aucun paiement réel n'est possible ici : l'avis dit comment payer, le simulateur enregistre un paiement par son interface."
Saisie = Annotated[str, Query(max_length=60)]


def routes(service: Service) -> Router:
    """GET /payer."""
    router = Router(dependencies=[publique()])

    @router.get("/payer", tags=["Usager"], summary="Page où mène le code QR d'un avis", response_class=HTMLResponse)
    async def afficher(request: Request, numero: Saisie = "", immatriculation: Saisie = "") -> HTMLResponse:
        chiffres, plaque = "".join(numero.split()), immatriculation.strip()
        if not chiffres or not plaque:
            return page.page(TITRE, page.paragraphe(ACCUEIL), _formulaire(numero, plaque))
        try:
            if len(chiffres) not in (26, 28) or not (chiffres.isascii() and chiffres.isdigit()):
                raise SuiviInconnu("26 ou 28 chiffres sont attendus.", "numero")
            vu = await consulter(service, request, chiffres, plaque)
        except Refus as refus:
            return page.page(TITRE, page.refus(refus.titre(), refus.que_faire), _formulaire(numero, plaque), statut=status_of(refus))
        return page.page(TITRE, page.liste(_lignes(vu)), page.paragraphe(SUITE))

    return router


def _formulaire(numero: str, plaque: str) -> str:
    champs = (
        page.Champ("numero", "Numéro de l'avis", "21000200200017 26 1 163 072 245", numero),
        page.Champ("immatriculation", "Immatriculation du véhicule", "AB-123-CD", plaque),
    )
    return page.formulaire(champs, "Voir la somme due")


def _lignes(vu: Suivi) -> dict[str, str]:
    lignes = {"Avis": vu.numero, "Collectivité": vu.collectivite, "Somme due aujourd'hui": euros(vu.a_payer)}
    if vu.date_limite_paiement is not None:
        lignes["À payer au plus tard"] = f"{vu.date_limite_paiement:%d/%m/%Y}"
    return {**lignes, "Où payer": vu.ou_payer}
