"""The bacs side by side: all of them, a new one, the copy of one at a date, the end of one."""

import asyncio
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.kit.ground.bac_path import NOM
from fps.kit.ground.clock import PARIS, wall_now
from fps_console.commandes.output import Panne
from fps_console.commandes.temps import instant
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Geste, Refus, Refuse, Saisie

LISTE: Final = 100  # bacs shown with their date


def routes(cadre: Cadre) -> list[Route]:
    """Their list, and three forms."""

    async def tous(request: Request) -> Response:
        noms = await cadre.pilot.lister()
        etats = await asyncio.gather(*(cadre.pilot.etat(nom) for nom in noms[:LISTE]))
        vus = [{**etat, "le": datetime.fromisoformat(etat["instant"]).astimezone(PARIS)} for etat in etats]
        return await cadre.page(request, "bacs/tous.html", vus=vus, autres=max(0, len(noms) - LISTE))

    async def nouveau(request: Request, saisie: Saisie) -> Response:
        return await cadre.page(request, "bacs/nouveau.html", saisie=saisie, aujourdhui=wall_now().astimezone(PARIS).date().isoformat())

    async def creer(geste: Geste) -> str:
        nom = _nom(geste)
        geste.exiger(date="à quelle date il commence")
        await cadre.pilot.creer(nom, _instant(geste), geste["graine"], vierge=geste["vierge"] == "oui")
        return f"/bacs/{nom}"

    async def copie(request: Request, saisie: Saisie) -> Response:
        return await cadre.page(request, "bacs/copie.html", bac=cadre.bac(request), saisie=saisie)

    async def copier(geste: Geste) -> str:
        from fps_simulateur.pilote import fourche

        source, nom = cadre.bac(geste.request), _nom(geste)
        if not geste["date"]:
            await cadre.pilot.copier(source, nom)
        else:
            await fourche.copier(cadre.pilot, source, nom, _instant(geste))
        return f"/bacs/{nom}"

    async def suppression(request: Request, saisie: Saisie) -> Response:
        bac = cadre.bac(request)
        await cadre.pilot.etat(bac)
        return await cadre.page(request, "bacs/suppression.html", bac=bac, saisie=saisie)

    async def supprimer(geste: Geste) -> str:
        bac = cadre.bac(geste.request)
        if geste["nom"] != bac:
            phrase = f"Recopiez le nom du bac : {bac}"
            raise Refuse(Refus("Rien n'est supprimé", "", "", phrase, "nom-a-recopier", 422, {"nom": phrase}))
        await cadre.pilot.supprimer(bac)
        geste.seance.bac = None
        return "/bacs"

    return [
        Route("/bacs", tous, name="bacs"),
        *cadre.formes.routes("/bacs/{bac}/suppression", "suppression", suppression, supprimer),
        *cadre.formes.routes("/nouveau-bac", "nouveau", nouveau, creer, champs={"instant": "date"}),
        *cadre.formes.routes("/bacs/{bac}/copie", "copie", copie, copier),
    ]


def _nom(geste: Geste) -> str:
    """The name that was typed; raises Refuse when no bac may have it."""
    geste.exiger(nom="le nom du bac")
    if not NOM.fullmatch(geste["nom"]):
        phrase = "Des lettres minuscules, des chiffres et des tirets, 40 au plus."
        raise Refuse(Refus("Ce nom de bac n'est pas permis", f"« {geste['nom'][:40]} »", "", phrase, "nom-de-bac", 422, {"nom": phrase}))
    return geste["nom"]


def _instant(geste: Geste) -> datetime:
    """The date that was typed, that evening, or at its hour; raises Refuse."""
    try:
        return instant(geste["date"])
    except Panne as error:
        raise Refuse(Refus(error.phrase, "", "", error.que_faire, "date-illisible", 422, {"date": error.phrase})) from None


FAMILLE = Famille(routes)
