"""The payment site: what is due on a notice, for who knows its number, its key and the plate; as JSON, and as a page for people."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from antai.actes.paiement import demander_somme
from antai.domain.dossier import Dossier
from antai.domain.paiement import CANAUX, canaux_minores, montant_minore
from antai.domain.refus import CleTelepaiementFausse
from fps.droit.money import euros
from fps.droit.numero import telepaiement
from fps.errors import Refus
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.bac_path import bac_of
from fps.kit.trust.acces import publique
from fps.kit.web import page
from fps.kit.web.body import Router
from fps.kit.web.problems import status_of
from fps.messages.moyens import MOYENS, Moyen, noms
from fps.messages.plaques import SAISIE
from fps.villes.communes import Commune

TITRE = "Payer un forfait de post-stationnement"
Saisie = Annotated[str, Query(max_length=60)]


class SommeDue(BaseModel):
    """Ce que le site de paiement montre quand le numéro, la clé et la plaque s'accordent ; montants en centimes."""

    numero_fps: str
    numero_telepaiement: str
    collectivite: str
    immatriculation: str
    montant: int
    montant_minore: int | None
    minoration_jusqu_au: date | None
    canaux_minoration: list[Moyen]
    date_limite_paiement: date | None
    canaux: list[Moyen]


def routes(service: Service) -> Router:
    """The routes of the payment site, open to everyone."""
    router = Router(dependencies=[publique(ecrit=True)])

    async def somme_due(request: Request, numero_telepaiement: str, immatriculation: str) -> SommeDue:
        async def lire(work: Work) -> SommeDue:
            dossier = await demander_somme(numero_telepaiement, immatriculation, work)
            return _somme(dossier, work.ville(dossier.siret), work.today)

        # Through the writer's door: a failure is counted.
        return await service.ask(bac_of(request), lire)

    @router.get("/payer/{numero_telepaiement}", tags=["Paiement"], summary="Demander la somme due d'un avis")
    async def demander(
        request: Request,
        numero_telepaiement: Annotated[str, Path(pattern=r"^[0-9]{28}$", description="Numéro de l'avis (26) et clé (2)")],
        immatriculation: Annotated[str, Query(min_length=1, max_length=SAISIE, description="Immatriculation imprimée sur l'avis")],
    ) -> SommeDue:
        return await somme_due(request, numero_telepaiement, immatriculation)

    @router.get("/payer", tags=["Paiement"], summary="Page où mène le code QR d'un avis", response_class=HTMLResponse)
    async def afficher(request: Request, numero: Saisie = "", immatriculation: Saisie = "") -> HTMLResponse:
        chiffres, plaque = "".join(numero.split()), immatriculation.strip()
        if not chiffres or not plaque:
            return page.page(TITRE, page.paragraphe(ACCUEIL), _formulaire(numero, plaque))
        try:
            if len(chiffres) != 28 or not (chiffres.isascii() and chiffres.isdigit()):
                raise CleTelepaiementFausse("28 chiffres sont attendus.", "numero")
            due = await somme_due(request, chiffres, plaque)
        except Refus as refus:
            return page.page(TITRE, page.refus(refus.titre(), refus.que_faire), _formulaire(numero, plaque), statut=status_of(refus))
        return page.page(TITRE, page.liste(_lignes(due)), page.paragraphe(SUITE))

    return router


ACCUEIL = "Recopiez le numéro de télépaiement de votre avis (28 chiffres : son numéro, puis sa clé) et la plaque du véhicule."
SUITE = (
    "Aucun paiement réel n'est possible ici. Dans le simulateur, un paiement se fait par le flux 4 (POST /flux/04-paiement/paiement-fps)."
)


def _formulaire(numero: str, plaque: str) -> str:
    champs = (
        page.Champ("numero", "Numéro de télépaiement", "2159 0350 1000 1726 1163 0722 4537", numero),
        page.Champ("immatriculation", "Immatriculation du véhicule", "AB-123-CD", plaque),
    )
    return page.formulaire(champs, "Voir la somme due")


def _lignes(due: SommeDue) -> dict[str, str]:
    lignes = {"Numéro de télépaiement": due.numero_telepaiement, "Collectivité": due.collectivite, "Véhicule": due.immatriculation}
    if due.montant_minore is not None:
        jusqu_au = "" if due.minoration_jusqu_au is None else f" jusqu'au {due.minoration_jusqu_au:%d/%m/%Y}"
        lignes["Montant minoré"] = f"{euros(due.montant_minore)}{jusqu_au}, par {noms(due.canaux_minoration)}"
    lignes["Somme due"] = euros(due.montant)
    limite = due.date_limite_paiement
    lignes["À payer au plus tard"] = "fixé à la lecture de l'avis électronique" if limite is None else f"{limite:%d/%m/%Y}"
    lignes["Moyens de paiement"] = ", ".join(MOYENS[canal].nom for canal in due.canaux)
    return lignes


def _somme(dossier: Dossier, ville: Commune, le: date) -> SommeDue:
    minore = montant_minore(dossier, le)
    return SommeDue(
        numero_fps=dossier.numero,
        numero_telepaiement=telepaiement(dossier.numero),
        collectivite=ville.nom,
        immatriculation=dossier.immatriculation,
        montant=dossier.montant,
        montant_minore=minore,
        minoration_jusqu_au=dossier.minoration_jusqu_au if minore is not None else None,
        canaux_minoration=list(canaux_minores(dossier)) if minore is not None else [],
        date_limite_paiement=dossier.date_limite_paiement,
        canaux=list(CANAUX),
    )
