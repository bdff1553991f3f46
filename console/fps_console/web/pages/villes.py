"""The towns of a bac: their list, each one's tariffs drawn, the FPS of a vehicle computed and explained, their configuration given."""

from datetime import datetime
from typing import Any, Final

from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.droit.money import euros
from fps.droit.numero import siret_valide
from fps.kit.ground.clock import PARIS
from fps.parties import Party
from fps_console.commandes.explique import tree
from fps_console.commandes.villes import du_siret
from fps_console.mots import recit
from fps_console.mots.saisie import valeur
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import TAILLE, Geste, Refus, Refuse, Saisie, refus_de
from fps_console.web.grille import duree, grille_svg
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import PiloteErreur

VERDICTS: Final = {
    "gratuit": "Le stationnement est gratuit à cette heure",
    "paye": "Le stationnement est payé",
    "droit": "Le véhicule a un droit de stationner",
    "fps-en-cours": "Un FPS est en cours",
    "a-constater": "Un FPS peut être établi",
}
FICHIER: Final = "Le fichier se corrige à la ligne dite ; « Un fichier commenté » en montre un."


def routes(cadre: Cadre) -> list[Route]:
    """The list and its two forms, a town and its calculator, its configuration as a file."""

    async def liste(request: Request) -> Response:
        bac = cadre.bac(request)
        connues = sorted(await villes.lister(cadre.pilot, bac), key=lambda v: v["nom"])
        return await cadre.page(request, "villes/liste.html", bac=bac, villes=connues)

    async def ville(request: Request) -> Response:
        bac, siret = cadre.bac(request), cadre.siret(request)
        du_jour = await cadre.lecture.get(Party.COLLECTIVITE, bac, "/communes") or []
        vue = next((v for v in du_jour if v["siret"] == siret), None)
        if vue is None:
            raise HTTPException(404, f"Le bac « {bac} » ne connaît aucune collectivité de SIRET {siret[:20]}.")
        demande, calcul, refus = request.query_params, None, None
        if "immatriculation" in demande:
            try:
                calcul = await calculer(bac, siret, demande)
            except (PiloteErreur, Refuse) as error:
                refus = refus_de(error)
        instant = datetime.fromisoformat((await cadre.etat(request, bac))["instant"]).astimezone(PARIS)
        categories = sorted({c for zone in vue["zones"] for c in zone["fps"]}, key=lambda c: (c != "voiture", c))
        return await cadre.page(
            request,
            "villes/ville.html",
            200 if refus is None else refus.statut,
            bac=bac,
            ville=vue,
            zones=[_zone(zone, categories) for zone in vue["zones"]],
            categories=[(c, valeur(c)) for c in categories],
            choix_zones=[(z["code"], z["nom"]) for z in vue["zones"]],
            calcul=calcul,
            saisie=Saisie(demande, refus),
            maintenant=instant.strftime("%Y-%m-%dT%H:%M"),
            euros=euros,
            duree=duree,
            cycle={"complet": "cycle complet : l'ANTAI envoie l'avis", "partiel": "cycle partiel : la collectivité encaisse"}.get(
                vue["cycle"], ""
            ),
        )

    async def calculer(bac: str, siret: str, demande: Any) -> dict[str, Any]:
        """What a FPS would be: the town's own service says it. Raises PiloteErreur, Refuse."""
        params = {nom: demande[nom].strip() for nom in ("immatriculation", "zone", "categorie", "voie") if demande.get(nom, "").strip()}
        if "voie" in params:  # the town finds the zone
            params.pop("zone", None)
        if demande.get("instant"):
            try:
                lu = datetime.fromisoformat(demande["instant"])
            except ValueError:
                phrase = "Écrivez un jour et une heure : 2026-06-12T10:42."
                raise Refuse(Refus("L'heure ne se lit pas", "", "", phrase, "champ-illisible", 422, {"instant": phrase})) from None
            params["instant"] = (lu if lu.tzinfo else lu.replace(tzinfo=PARIS)).isoformat()
        if "immatriculation" not in params:
            phrase = "Dites la plaque du véhicule."
            raise Refuse(
                Refus("Il manque une réponse", "", "", "Complétez le champ signalé.", "champ-vide", 422, {"immatriculation": phrase})
            )
        found: dict[str, Any] = await cadre.lecture.get(Party.COLLECTIVITE, bac, f"/communes/{siret}/calcul", **params) or {}
        if not found:
            raise Refuse(Refus("Ce calcul n'existe pas ici", "Le service de la collectivité ne sait pas le faire.", statut=404))
        fin = found.get("fin_effets")
        return {
            **found,
            "dit": VERDICTS[found["verdict"]],
            "fin": f"{recit.longue(datetime.fromisoformat(fin).date())} à {datetime.fromisoformat(fin).astimezone(PARIS):%H:%M}"
            if fin
            else "",
            "lignes": [] if found["arbre"] is None else [(len(x) - len(x.lstrip()), x.strip()) for x in tree(found["arbre"], 0)],
        }

    async def voir_fichier(request: Request, saisie: Saisie) -> Response:
        from fps.donnees import ecrire_yaml
        from fps.villes.defaut import MODELE

        bac, siret = cadre.bac(request), cadre.siret(request) if "siret" in request.path_params else None
        texte = MODELE
        if siret is not None:
            donnees = await villes.montrer(cadre.pilot, bac, siret)
            texte = ecrire_yaml({"depuis": donnees[-1]["depuis"], **donnees[-1]["commune"]})
        montre = saisie["fichier"] if "fichier" in saisie.valeurs else texte
        return await cadre.page(
            request,
            "villes/fichier.html",
            bac=bac,
            siret=siret,
            saisie=saisie,
            texte=Markup(escape(montre)),  # noqa: S704 (escaped here: the apostrophes of a file stay as they are)
            action=request.url.path,
        )

    async def donner(geste: Geste) -> str:
        from fps_simulateur.langue.villes import VillesIllisibles, lire

        bac, envoye = cadre.bac(geste.request), geste.saisie.fichiers.get("depot")
        siret = cadre.siret(geste.request) if "siret" in geste.request.path_params else None
        try:
            texte = geste.saisie["fichier"] if envoye is None else (await envoye.read()).decode()
            lue = lire(texte.replace("\r\n", "\n"), "fichier").donnee()
        except UnicodeDecodeError:
            raise Refuse(
                Refus("Le fichier n'est pas en UTF-8", "", "", FICHIER, "ville-illisible", 422, {"depot": "Il n'est pas en UTF-8."})
            ) from None
        except VillesIllisibles as error:
            phrases = [f"Ligne {f.ligne}, colonne {f.colonne} : {f.texte}" for f in error.fautes]
            titre = "Le fichier ne se lit pas" if len(phrases) == 1 else f"Le fichier a {len(phrases)} erreurs"
            champs = {"fichier": " ; ".join(phrases)}
            raise Refuse(Refus(titre, " ; ".join(phrases[:3]), "", FICHIER, "ville-illisible", 422, champs)) from None
        donne = lue["commune"]["siret"]
        if siret is not None and donne != siret:
            phrase = f"Le fichier dit {donne}, cette page est celle de {siret}."
            raise Refuse(
                Refus("Le fichier est celui d'une autre collectivité", phrase, "", FICHIER, "siret-autre", 422, {"fichier": phrase})
            )
        await villes.ajouter(cadre.pilot, bac, [lue])
        return f"/bacs/{bac}/villes/{donne}"

    async def voir_siret(request: Request, saisie: Saisie) -> Response:
        return await cadre.page(request, "villes/siret.html", bac=cadre.bac(request), saisie=saisie)

    async def donner_siret(geste: Geste) -> str:
        bac = cadre.bac(geste.request)
        geste.exiger(siret="le SIRET de la collectivité")
        siret = "".join(geste["siret"].split())
        if not siret_valide(siret):
            phrase = f"« {siret[:20]} » n'est pas un SIRET : 14 chiffres, et leur clé."
            raise Refuse(
                Refus(
                    "Ce SIRET n'existe pas", phrase, "", "Vérifiez-le sur un avis de situation.", "siret-invalide", 422, {"siret": phrase}
                )
            )
        await villes.ajouter(cadre.pilot, bac, [du_siret(siret, geste["nom"] or None)])
        return f"/bacs/{bac}/villes/{siret}"

    une = "/bacs/{bac}/villes/{siret}"
    return [
        Route("/bacs/{bac}/villes", liste, name="villes"),
        *cadre.formes.routes("/bacs/{bac}/villes/siret", "ville-siret", voir_siret, donner_siret),
        *cadre.formes.routes("/bacs/{bac}/villes/fichier", "ville-nouvelle", voir_fichier, donner, limite=4 * TAILLE),
        Route(une, ville, name="ville-page"),
        *cadre.formes.routes(f"{une}/fichier", "ville-fichier", voir_fichier, donner, limite=4 * TAILLE),
    ]


def _zone(zone: dict[str, Any], categories: list[str]) -> dict[str, Any]:
    """A zone with its grids as numbers, and its drawing."""
    grille = {int(m): p for m, p in zone["tarifs"].items()}
    propres = {valeur(c): {int(m): p for m, p in g.items()} for c, g in zone["tarifs_par_categorie"].items()}
    premier = next((zone["fps"][c] for c in categories if c in zone["fps"]), None)
    return {
        **zone,
        "grille": grille,
        "propres": propres,
        "dessin": grille_svg(zone["nom"], grille, premier),
        "valeurs": {valeur(c): m for c, m in zone["fps"].items()},
    }


FAMILLE = Famille(routes, {"Villes": "/bacs/{bac}/villes"})
