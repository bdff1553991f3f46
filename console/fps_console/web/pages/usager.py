"""The usager's own pages: his notice by its number and his plate, what he must pay, what he may do, the letters that he received."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.droit.money import euros
from fps.parties import Party
from fps_console.lecture import lettre
from fps_console.mots import recit
from fps_console.web.actes import Contrats, faire, formulaire, normal, page_d_un_acte, titre
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Geste, Refus, Refuse, Saisie, refus_de
from fps_console.web.pages.actes import fait_de
from fps_console.web.pieces import FORMULAIRE
from fps_console.web.possibles import POSSIBLES, USAGER, lire, usuels
from fps_simulateur.langue.actes import ACTES
from fps_simulateur.pilote.lectures import sujets_de
from fps_simulateur.pilote.pilot import PiloteErreur

A_LUI: Final[Mapping[str, str]] = {normal(nom): nom for nom, (qui, _) in POSSIBLES.items() if qui == USAGER}
OUVERTS: Final = frozenset({"demandeur", "requerant"})
CHAMPS: Final = {"numero": "numero", "immatriculation": "immatriculation"}


def routes(cadre: Cadre) -> list[Route]:
    """His notice, and each of his acts."""
    contrats = Contrats(cadre)

    async def suivi(bac: str, numero: str, plaque: str) -> dict[str, Any]:
        """What the town tells to who has the number and the plate; raises Refuse, PiloteErreur."""
        vide = {
            nom: f"Recopiez {quoi}."
            for nom, v, quoi in (("numero", numero, "le numéro de l'avis"), ("immatriculation", plaque, "la plaque"))
            if not v
        }
        if vide:
            raise Refuse(Refus("Il manque une réponse", "", "", "Complétez chaque champ signalé.", "champ-vide", 422, vide))
        serre = "".join(numero.split())
        found = await cadre.lecture.get(Party.COLLECTIVITE, bac, "/suivi", numero=serre, immatriculation=plaque)
        if found is None:
            detail = "Aucun avis n'a à la fois ce numéro et cette plaque."
            que_faire = "Recopiez les 26 chiffres de l'avis (28 avec la clé) et la plaque, tels qu'ils y sont écrits."
            raise Refuse(Refus("Avis introuvable", detail, "", que_faire, "fps-inconnu", 404, {"numero": detail}))
        lu: dict[str, Any] = found
        return lu

    async def avis(request: Request) -> Response:
        """The form, then the notice."""
        bac, demande = cadre.bac(request), request.query_params
        saisie = Saisie(demande)
        if "numero" not in demande:
            return await cadre.page(request, "usager/chercher.html", bac=bac, saisie=saisie)
        try:
            vu = await suivi(bac, saisie["numero"].strip(), saisie["immatriculation"].strip())
        except (Refuse, PiloteErreur) as error:
            refus = refus_de(error, CHAMPS)
            return await cadre.page(request, "usager/chercher.html", refus.statut, bac=bac, saisie=Saisie(demande, refus))
        numero, plaque = vu["numero"], saisie["immatriculation"].strip()
        journal = await cadre.pilot.journal(bac, numero)
        etat = await lire(cadre.lecture, bac, numero, journal, etat=await cadre.etat(request, bac))
        recus = [c for sujet in sujets_de(journal) for c in await cadre.pilot.courriers(bac, sujet) if c["destinataire"] == Party.USAGER]
        actes = [(nom, titre(ACTES[vrai]), ACTES[vrai].sens) for nom, vrai in A_LUI.items() if POSSIBLES[vrai][1](etat)]
        return await cadre.page(
            request,
            "usager/avis.html",
            bac=bac,
            vu=vu,
            faits=faits(vu, etat.titre),
            actes=actes,
            courriers=sorted((lettre(c) for c in recus), key=lambda c: (c["le"], c["id"])),
            qui=urlencode({"immatriculation": plaque}),
            etat_dit=recit.etat,
            jour=date.fromisoformat,
            fait=fait_de(cadre, request),
        )

    async def voir(request: Request, saisie: Saisie) -> Response:
        bac, numero = cadre.bac(request), request.path_params["numero"]
        nom = A_LUI.get(request.path_params["acte"])
        if nom is None:
            raise HTTPException(404, "Cet acte n'est pas celui d'un usager.")
        plaque = saisie["immatriculation"].strip()
        try:
            await suivi(bac, numero, plaque)
        except Refuse as error:
            return await cadre.page(
                request, "usager/chercher.html", error.refus.statut, bac=bac, saisie=Saisie({"numero": numero}, error.refus)
            )
        un, etat = ACTES[nom], await lire(cadre.lecture, bac, numero)
        forme = await formulaire(contrats, un, etat.mots, usuels(nom, etat))
        return await page_d_un_acte(
            cadre, request, un, forme, saisie, (adresse(bac, numero, plaque), "Mon avis"), ouverts=OUVERTS, plaque=plaque
        )

    async def agir(geste: Geste) -> str:
        bac, numero = cadre.bac(geste.request), geste.request.path_params["numero"]
        nom, plaque = A_LUI.get(geste.request.path_params["acte"], ""), geste["immatriculation"]
        if not nom:
            raise HTTPException(404, "Cet acte n'est pas celui d'un usager.")
        await suivi(bac, numero, plaque)
        etat = await lire(cadre.lecture, bac, numero)
        forme = await formulaire(contrats, ACTES[nom], etat.mots, usuels(nom, etat))
        await faire(cadre, bac, ACTES[nom], forme, etat.mots, geste)
        return f"{adresse(bac, numero, plaque)}&fait={normal(nom)}"

    return [
        Route("/bacs/{bac}/usager", avis, name="usager"),
        *cadre.formes.routes("/bacs/{bac}/usager/{numero}/{acte}", "usager-acte", voir, agir, limite=FORMULAIRE),
    ]


def adresse(bac: str, numero: str, plaque: str) -> str:
    """The page of a notice."""
    return f"/bacs/{bac}/usager?numero={quote(numero)}&immatriculation={quote(plaque)}"


def faits(vu: Mapping[str, Any], du_titre: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What he wants to know first: what is due and until when."""
    somme = du_titre["a_payer"] if du_titre else vu["a_payer"]
    dates = {
        "minore_jusqu_au": "Montant minoré jusqu'au",
        "date_limite_paiement": "Payer avant le",
        "date_limite_rapo": "Contester avant le",
    }
    found = [("À payer aujourd'hui", euros(somme))]
    found += [(mots, recit.longue(date.fromisoformat(vu[nom]))) for nom, mots in dates.items() if vu[nom]]
    if vu["montant_paye"]:
        found.append(("Déjà payé", euros(vu["montant_paye"])))
    if vu["a_rembourser"]:
        found.append(("À vous rendre", euros(vu["a_rembourser"])))
    return found


FAMILLE = Famille(routes, {"Usager": "/bacs/{bac}/usager"})
