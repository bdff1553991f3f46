"""The certification: its plans and what each asks, a run that is asked for, two runs beside each other, an evidence that is verified."""

import asyncio
import json
import re
import tempfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps_console.commandes.liaison import settings_of
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.chantiers import Chantiers, cle
from fps_console.web.formes import Geste, Refus, Refuse, Saisie
from fps_console.web.pages import executions, explorations

MEGA: Final = 1 << 20
PREUVE: Final = 32 * MEGA  # bytes of an evidence that is sent
VERIFIEES: Final = 20  # that are remembered
FACONS: Final = {
    "reference": "La collectivité de référence du simulateur, pour voir",
    "pilote": "Un produit, par son adresse HTTP de pilotage",
    "duel": "Deux produits, chacun par son adresse et dans son rôle : un duel",
    "a-la-main": "Un produit, à la main : les pages disent quoi faire",
    "observer": "Rien n'est joué : ce qu'un bac a vu passer est jugé",
}


def routes(cadre: Cadre) -> list[Route]:
    """Its pages, and those of its runs."""
    chantiers = Chantiers()
    verifiees: OrderedDict[str, tuple[str, Any, Any]] = OrderedDict()

    async def accueil(request: Request) -> Response:
        from fps_certification.plans.plan import livres
        from fps_certification.verdict import Issue
        from fps_console.commandes.executions import gardees
        from fps_console.commandes.verdicts import ETATS

        donnees = donnees_de(cadre)
        faites = await asyncio.to_thread(gardees, donnees)
        return await cadre.page(
            request,
            "certification/accueil.html",
            plans=list(livres().values()),
            en_cours=chantiers.en_cours("epreuve"),
            explorations=[un for un in chantiers.tous() if un.genre == "exploration"],
            faites=[(une, ETATS[Issue(une.code)]) for une in faites],
            interrompus=[p for p in _interrompus(donnees) if all(c.cle != p["execution"] for c in chantiers.en_cours())],
        )

    async def plan(request: Request, saisie: Saisie, constats: Any = None) -> Response:
        from fps.villes.catalogue import par_nom
        from fps_certification.epreuves.lecture import epreuves
        from fps_certification.rapports.sources import source_dite
        from fps_console.commandes.verdicts import NIVEAUX

        un = _plan(request)
        bacs = await cadre.pilot.lister()
        return await cadre.page(
            request,
            "certification/plan.html",
            plan=un,
            epreuves=[epreuves()[nom] for nom in un.epreuves],
            exigences=[(e, NIVEAUX[e.niveau], source_dite(e.source)) for e in un.portee()],
            facons=FACONS,
            villes=[(nom, ville.nom) for nom, ville in par_nom().items()],
            choix_bacs=[("", "aucun (collectivité de référence)"), *((nom, nom) for nom in bacs)],
            saisie=saisie,
            constats=constats,
        )

    async def demander(geste: Geste) -> str:
        from fps_console.web.epreuves import mener, prealable, preparer

        choix, settings = _choix(geste), settings_de(cadre)
        if choix.bac and choix.bac not in await cadre.pilot.lister():  # deleted since the page was shown: what was typed stays
            phrase = f"Le bac « {choix.bac} » n'existe pas, ou n'existe plus."
            raise Refuse(Refus("Ce bac n'existe pas", phrase, "", "Choisissez-en un autre.", "bac-inconnu", 422, {"bac": phrase}))
        if geste["quoi"] == "controler":
            constats = await prealable(choix, settings, cadre.pilot)
            faites = cle()
            controles[faites] = constats
            while len(controles) > VERIFIEES:
                controles.popitem(last=False)
            gardes = {nom: geste[nom] for nom in ("facon", "bac", "pilote", "ville", "delai", "only") if geste[nom]}
            return f"/certification/plans/{geste.request.path_params['plan']}?{_requete(gardes | {'controle': faites})}#prealable"
        epreuve = preparer(choix, settings)
        chantiers.lancer(epreuve, lambda une: mener(une, cadre.pilot))
        return epreuve.adresse

    controles: OrderedDict[str, Any] = OrderedDict()

    async def montrer(request: Request, saisie: Saisie) -> Response:
        return await plan(request, saisie, controles.get(request.query_params.get("controle", "")))

    async def comparaison(request: Request) -> Response:
        from fps_certification.rapports.comparaison import comparer
        from fps_certification.verdict import Issue
        from fps_console.commandes.executions import gardees
        from fps_console.commandes.verdicts import ETATS, SORTS

        faites = {une.execution: une for une in await asyncio.to_thread(gardees, donnees_de(cadre))}
        noms = [request.query_params.get(nom, "") for nom in ("a", "b")]
        deux = [faites[nom] for nom in noms if nom in faites]
        ecarts = comparer(*deux) if len(deux) == 2 else None
        apres, avant = [*faites, "", ""][:2]  # the last run, and the one before
        saisie = Saisie({"a": noms[0] or avant, "b": noms[1] or apres})
        choix = [(nom, f"{une.plan}, {une.produit}, {ETATS[Issue(une.code)].lower()} ({nom})") for nom, une in faites.items()]
        own: dict[str, Any] = {"ecarts": ecarts, "deux": deux, "choix_faites": choix, "sorts": SORTS, "saisie": saisie}
        inconnues = [nom for nom in noms if nom and nom not in faites]
        return await cadre.page(request, "certification/comparaison.html", inconnues=inconnues, **own)

    async def verifier(request: Request, saisie: Saisie) -> Response:
        return await cadre.page(request, "certification/verifier.html", saisie=saisie)

    async def juger(geste: Geste) -> str:
        """Compute the verdict of an evidence again, as `fps verifier` does."""
        from fps_console.commandes.preuves import verifiee

        envoi, cles = (geste.saisie.fichiers.get(nom) for nom in ("preuve", "cles"))
        if envoi is None:
            phrase = "Choisissez le fichier de la preuve."
            raise Refuse(Refus("Aucune preuve n'est jointe", "", "", phrase, "champ-vide", 422, {"preuve": phrase}))
        nom = re.sub(r"[^\w.-]+", "_", envoi.filename or "preuve")[-80:]
        with tempfile.TemporaryDirectory(prefix="fps-preuve-") as dossier:
            place, trousseau = Path(dossier) / nom, Path(dossier) / "cles.json"
            place.write_bytes(await envoi.read())
            if cles is not None:
                trousseau.write_bytes(await cles.read())
            liasse, found = await asyncio.to_thread(verifiee, place, None if cles is None else str(trousseau))
        verifiees[geste.cle] = (nom, liasse, found)
        while len(verifiees) > VERIFIEES:
            verifiees.popitem(last=False)
        return f"/certification/verifications/{geste.cle}"

    async def verification(request: Request) -> Response:
        une = verifiees.get(request.path_params["cle"])
        if une is None:
            raise HTTPException(404, "Cette vérification n'est plus en mémoire : refaites-la.")
        nom, liasse, found = une
        return await cadre.page(request, "certification/verification.html", nom=nom, liasse=liasse, **executions.dits(found))

    return [
        Route("/certification", accueil, name="certification"),
        *cadre.formes.routes("/certification/plans/{plan}", "plan", montrer, demander),
        Route("/certification/comparaison", comparaison, name="certification-comparaison"),
        *cadre.formes.routes("/certification/verifier", "verifier", verifier, juger, limite=PREUVE),
        Route("/certification/verifications/{cle}", verification, name="verification"),
        *executions.routes(cadre, chantiers),
        *explorations.routes(cadre, chantiers),
    ]


def donnees_de(cadre: Cadre) -> Path:
    """Where the runs are kept; raises HTTPException 404 at a console that keeps nothing."""
    if cadre.donnees is None:
        raise HTTPException(404, "Cette console n'a pas de dossier de données : rien ne s'y éprouve.")
    return cadre.donnees


def settings_de(cadre: Cadre) -> Any:
    """The settings that a command would have beside these services."""
    return settings_of(None, donnees_de(cadre)).model_copy(update={"addresses": dict(cadre.pilot.addresses)})


def _plan(request: Request) -> Any:
    from fps_certification.plans.plan import livres

    found = livres().get(request.path_params["plan"])
    if found is None:
        raise HTTPException(404, "Aucun plan livré ne porte ce nom.")
    return found


def _choix(geste: Geste) -> Any:
    """What was typed, as the command reads its options; raises Refuse."""
    from fps_console.commandes.certifier import Choix

    plan, facon = _plan(geste.request), geste["facon"]
    if facon not in FACONS:
        phrase = "Dites comment le produit est conduit."
        raise Refuse(Refus("Il manque une réponse", "", "", phrase, "champ-vide", 422, {"facon": phrase}))
    if facon != "reference":
        geste.exiger(bac="dans quel bac le produit parle")
    if facon in ("pilote", "duel"):
        geste.exiger(pilote="à quelle adresse le produit reçoit les actions")
    if (facon == "duel") is not ("=" in geste["pilote"]) and facon in ("pilote", "duel"):
        phrase = "Pour un duel, écrivez « emission=http://127.0.0.1:9000,rapo=http://127.0.0.1:9001 » ; autrement, une seule adresse."
        raise Refuse(Refus("Cette adresse ne va pas avec ce choix", "", "", phrase, "pilote-illisible", 422, {"pilote": phrase}))
    minutes = geste["delai"] or "30"
    if not (re.fullmatch(r"[0-9]{1,4}", minutes) and 1 <= int(minutes) <= 1_440):
        phrase = "Un nombre de minutes, de 1 à 1440."
        raise Refuse(Refus("Ce délai n'est pas permis", f"« {minutes[:20]} »", "", phrase, "delai", 422, {"delai": phrase}))
    return Choix(
        plan.plan,
        tuple(geste["only"].replace(",", " ").split()),
        geste["pilote"] if facon in ("pilote", "duel") else None,
        None if facon == "reference" else geste["bac"],
        observer=facon == "observer",
        ville=geste["ville"] or None,
        a_la_main=facon == "a-la-main",
        delai=int(minutes) * 60.0,
        recommencer=geste["recommencer"] == "oui",
        reprendre=geste["reprendre"] == "oui" and facon not in ("a-la-main", "observer"),
    )


def _requete(valeurs: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode(valeurs)


def _interrompus(donnees: Path) -> list[dict[str, str]]:
    """The runs that were stopped, and that may go on: by hand first, then those of the shipped plans that are played."""
    found = []
    for place in sorted((donnees / "certification").glob("*.jsonl")):
        with suppress(OSError, ValueError, KeyError, TypeError), place.open(encoding="utf-8") as file:
            dit = json.loads(file.readline())
            plan = dit["plan"]
            retour = _requete({"facon": "a-la-main", "bac": plan["bac"], "ville": plan["ville"]})
            found.append({"plan": plan["plan"], "bac": plan["bac"], "execution": dit["execution"], "retour": retour})
    return found + _joues(donnees)


def _joues(donnees: Path) -> list[dict[str, str]]:
    from fps_certification.plans.plan import livres
    from fps_certification.preuves.cours import interrompues
    from fps_console.commandes.reprises import dossier

    found = []
    for _, dit in interrompues(dossier(donnees)):
        plan = dit["plan"]
        if plan["plan"] not in livres():
            continue
        pilotes = {role: un["pilote"] for role, un in plan["produits"].items()}
        pilote = ",".join(f"{role}={un}" for role, un in pilotes.items()) or (plan["produit"] or {}).get("pilote") or ""
        gardes = {"facon": "duel" if pilotes else "pilote" if pilote else "reference", "bac": plan["bac"] or "", "pilote": pilote}
        seules = () if list(plan["epreuves"]) == list(livres()[plan["plan"]].epreuves) else plan["epreuves"]
        gardes |= {"ville": plan["ville"], "only": " ".join(seules), "reprendre": "oui"}
        found.append({"plan": plan["plan"], "bac": plan["bac"] or "", "execution": dit["execution"], "retour": _requete(gardes)})
    return found


FAMILLE = Famille(routes, {"Certification": "/certification"})
