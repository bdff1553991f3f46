"""The boxes of the editors: all those of a bac, the letters of one, one letter with its exchanges; what waits is sent again."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.kit.boxes.boites import EXPEDITEURS
from fps.kit.boxes.signature import CHEMIN_CLES
from fps.kit.ground.clock import PARIS
from fps.parties import LIBELLES, Party
from fps_console.web.boites import A_FAIRE, ETATS, MODES, RESULTATS, en_mots, juger, reponse, requete
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Geste, Refus, Refuse, Saisie
from fps_console.web.listes import PAGE, Feuille, demandee, illisible, rassembler, voisines
from fps_console.web.repertoire import sujet_lu
from fps_simulateur.langue.moments import normal
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import PiloteErreur

SERVICES: Final = tuple(sorted(EXPEDITEURS))
CHEMIN: Final = "/bacs/{bac}/boites"
UNE: Final = f"{CHEMIN}/{{service}}/{{siret}}"
CHAMPS: Final = ("etat", "dossier", "tri")
CHOIX_SERVICES: Final = [("", "tous"), *((s.value, LIBELLES[s]) for s in SERVICES)]
CHOIX_ETATS: Final = [("", "tous"), *((etat.value, mots) for etat, mots in ETATS.items())]
TRIS: Final = [("", "les dernières d'abord"), ("anciennes", "les premières d'abord")]
ARRIVEE: Final = 5.0  # seconds left to the letters that leave again, before their page says where they are


def routes(cadre: Cadre) -> list[Route]:
    """The three pages, and the two forms."""

    async def toutes(request: Request) -> Response:
        bac, demande = cadre.bac(request), demandee(request, "ville", "service")
        noms = await villes.noms(cadre.pilot, bac)
        saisie, feuille = Saisie(demande), Feuille()
        try:
            feuille = await lire(bac, demande, chercher(demande.get("ville", ""), noms))
        except PiloteErreur as error:
            saisie = illisible(error, demande)
        except Refuse as error:
            saisie = Saisie(demande, error.refus)
        return await cadre.page(
            request,
            "boites/boites.html",
            200 if saisie.refus is None else saisie.refus.statut,
            bac=bac,
            saisie=saisie,
            feuille=feuille,
            noms=noms,
            filtree=bool({"ville", "service"} & demande.keys()),
            voisines=voisines(CHEMIN.format(bac=bac), demande, feuille),
            choix={"service": CHOIX_SERVICES},
        )

    async def lire(bac: str, demande: Mapping[str, str], sirets: list[str] | None) -> Feuille:
        """A page of the boxes, town by town; `sirets`: of these towns only. Raises PiloteErreur, Refuse when they are too many."""
        if sirets == []:
            return Feuille()
        if sirets is not None and len(sirets) > PAGE:
            phrase = f"{len(sirets)} collectivités répondent à « {demande.get('ville', '')} » : écrivez plus de son nom, ou son SIRET."
            raise Refuse(Refus("Précisez la collectivité", phrase, "", phrase, "recherche-trop-large", 422, {"ville": phrase}))
        params: dict[str, Any] = {"apres": demande.get("avant") or demande.get("apres") or "", "recule": "avant" in demande, "limite": PAGE}
        params = params if sirets is None else {"siret": sirets}
        voulus = [service for service in SERVICES if demande.get("service") in (None, service)]
        pages = await asyncio.gather(*(cadre.pilot.boites(service, bac, **params) for service in voulus))
        par_siret: dict[str, list[Mapping[str, Any]]] = {}
        for service, page in zip(voulus, pages, strict=True):
            for une in page["boites"]:
                par_siret.setdefault(une["siret"], []).append(_boite(service, une))
        lignes = [{"siret": siret, "boites": boites} for siret, boites in par_siret.items()]
        reste = any(page["suivant"] is not None for page in pages)
        return rassembler([(lignes, reste)], lambda x: x["siret"], lambda x: str(x["siret"]), demande, descend=False)

    def demandes(request: Request) -> tuple[str, Party, str]:
        """The bac, the service and the town of an address. Raises HTTPException 404."""
        service, siret = request.path_params["service"], request.path_params["siret"]
        if service not in SERVICES or not (siret.isascii() and siret.isdigit() and len(siret) == 14):
            raise HTTPException(404, "Aucun service ne tient cette boîte.")
        return cadre.bac(request), Party(service), siret

    async def sienne(bac: str, service: Party, siret: str) -> dict[str, Any]:
        """The box of a town. Raises PiloteErreur, HTTPException 404."""
        page = await cadre.pilot.boites(service, bac, siret=[siret])
        boite = next((_boite(service, b) for b in page["boites"] if b["siret"] == siret), None)
        if boite is None:
            raise HTTPException(404, f"{LIBELLES[service]} n'a pas de boîte pour le SIRET {siret} dans le bac « {bac} ».")
        return boite

    async def une(request: Request, saisie: Saisie) -> Response:
        bac, service, siret = demandes(request)
        demande = demandee(request, *CHAMPS)
        vue, feuille = Saisie(demande), Feuille()
        descend = demande.get("tri") != "anciennes"
        sens = descend is not ("avant" in demande)
        boite = await sienne(bac, service, siret)
        try:
            found = await cadre.pilot.lettres_de_boite(
                service,
                bac,
                siret,
                etat=demande.get("etat"),
                sujet=sujet_lu(demande.get("dossier", "")),
                tri="recentes" if sens else "anciennes",
                apres=demande.get("avant") or demande.get("apres"),
                limite=PAGE,
            )
            lues = [([en_mots(x) for x in found["lettres"]], found["suivant"] is not None)]
            feuille = rassembler(lues, lambda x: x["position"], lambda x: str(x["position"]), demande, descend=descend)
        except PiloteErreur as error:
            vue = illisible(error, demande, {"sujet": "dossier"})
        chemin = UNE.format(bac=bac, service=service, siret=siret)
        return await cadre.page(
            request,
            "boites/boite.html",
            200 if vue.refus is None else vue.refus.statut,
            bac=bac,
            chemin=chemin,
            service=service,
            siret=siret,
            nom=(await villes.noms(cadre.pilot, bac)).get(siret, f"SIRET {siret}"),
            boite=boite,
            saisie=vue,
            refus_du_renvoi=saisie.refus,
            feuille=feuille,
            filtree="etat" in demande or "dossier" in demande,
            voisines=voisines(chemin, demande, feuille),
            renvoyees=_nombre(request.query_params.get("renvoyees", "")) if cadre.vient_d_agir(request) else None,
            choix={"etat": CHOIX_ETATS, "tri": TRIS},
        )

    async def lettre(request: Request, saisie: Saisie) -> Response:
        bac, service, siret = demandes(request)
        found = await cadre.pilot.lettre_de_boite(service, bac, siret, cadre.rang(request, "position"))
        cles = await cadre.lecture.get(service, "defaut", CHEMIN_CLES) or {"keys": []}
        essais = [
            {
                **essai,
                "dit": RESULTATS[essai["resultat"]],
                "le": datetime.fromisoformat(essai["date"]),
                "reel": datetime.fromisoformat(essai["wall_time"]).astimezone(PARIS),
                "verdict": juger(essai, found, bac, service, cles),
                "requete": None if essai["envoye"] is None else requete(essai, found),
                "reponse": None if essai["recu"] is None else reponse(essai),
            }
            for essai in found["tentatives"]
        ]
        return await cadre.page(
            request,
            "boites/lettre.html",
            bac=bac,
            chemin=UNE.format(bac=bac, service=service, siret=siret),
            service=LIBELLES[service],
            lettre=en_mots(found),
            mode=(await sienne(bac, service, siret))["mode"],
            essais=essais,
            saisie=saisie,
            renvoyee="renvoyees" in request.query_params and cadre.vient_d_agir(request),
        )

    async def renvoyer(geste: Geste) -> str:
        bac, service, siret = demandes(geste.request)
        identifiant = None
        if "position" in geste.request.path_params:
            identifiant = (await cadre.pilot.lettre_de_boite(service, bac, siret, cadre.rang(geste.request, "position")))["id"]
        nombre = await cadre.pilot.renvoyer(service, bac, siret, identifiant)
        with contextlib.suppress(TimeoutError, PiloteErreur):
            async with asyncio.timeout(ARRIVEE):
                await cadre.pilot.au_calme(bac)
        return f"{geste.request.url.path}?renvoyees={nombre}"

    return [
        Route(CHEMIN, toutes, name="boites"),
        *cadre.formes.routes(UNE, "boite", une, renvoyer),
        *cadre.formes.routes(f"{UNE}/{{position}}", "lettre-de-boite", lettre, renvoyer),
    ]


def _boite(service: Party, une: Mapping[str, Any]) -> dict[str, Any]:
    """A box as a page tells it."""
    comptes = une["lettres"]
    return {
        **une,
        "service": service,
        "chez": LIBELLES[service],
        "va": MODES[une["mode"]],
        "comptes": [(mots, comptes.get(etat.value, 0), etat in A_FAIRE) for etat, mots in ETATS.items() if comptes.get(etat.value)],
        "a_faire": sum(comptes.get(etat.value, 0) for etat in A_FAIRE),
        "suivant": None if une["prochain_essai"] is None else datetime.fromisoformat(une["prochain_essai"]),
        "le": datetime.fromisoformat(une["depuis"]),
    }


def chercher(texte: str, noms: Mapping[str, str]) -> list[str] | None:
    """The towns that a text names, by their SIRET or by a part of their name; None when nothing is asked."""
    if not texte:
        return None
    serre = "".join(texte.split())
    if serre.isascii() and serre.isdigit() and len(serre) == 14:
        return [serre]
    return sorted(siret for siret, nom in noms.items() if normal(texte) in normal(nom) or siret.startswith(serre))


def _nombre(texte: str) -> int | None:
    return int(texte) if texte.isascii() and texte.isdigit() and len(texte) < 8 else None


FAMILLE = Famille(routes)
