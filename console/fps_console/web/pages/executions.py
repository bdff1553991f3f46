"""A run of the certification: followed as it goes, answered when it is by hand, stopped; then its verdict, its cards, its pieces."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from fps_console.web.cadre import Cadre
from fps_console.web.chantiers import Chantiers
from fps_console.web.flots import flot
from fps_console.web.formes import Geste, Refus, Refuse, Saisie

NOM: Final = re.compile(r"certif-[0-9a-f]{6}")
COMMENTAIRE: Final = 2_000  # characters of what somebody says of a run
SUIVI: Final = "certification/suivi.html"


def dits(found: Any) -> dict[str, Any]:
    """What the pages tell of a report, in the words of the terminal."""
    from fps_certification.prealable.constat import Tenue
    from fps_certification.preuves.refus import refusee
    from fps_certification.rapports.page import compter
    from fps_certification.rapports.sources import source_dite
    from fps_certification.verdict import Issue
    from fps_console.commandes.verdicts import ETATS, MARQUES, NIVEAUX, SORTS, jauge

    vus = (Tenue.FAUTE, Tenue.AVERTISSEMENT)
    return {
        "rapport": found,
        "verdict": ETATS[Issue(found.code)],
        "jauge": jauge(found),
        "comptes": compter(found),
        "echecs": [(e, c) for e in found.exigences for c in e.echecs],
        "controles": [un for un in found.prealable if un.tenue in vus],
        "fautes": found.fautes[sum(un.tenue is Tenue.FAUTE for un in found.prealable) :],
        "sans_preuve": refusee(found),
        "sorts": SORTS,
        "niveaux": NIVEAUX,
        "marques": MARQUES,
        "source_dite": source_dite,
    }


def routes(cadre: Cadre, chantiers: Chantiers) -> list[Route]:
    """Its page, its stream, its acts, its files."""
    verrou = asyncio.Lock()  # an evidence is written by one at a time

    def valeurs(nom: str) -> dict[str, Any]:
        """What is told of a run, whether it goes on or is kept. Raises HTTPException 404."""
        from fps_certification.sujets.personne import REFUSE, lignes
        from fps_console.commandes.executions import dossier, lire
        from fps_console.commandes.output import Panne
        from fps_console.web.epreuves import commentaires_de, pieces_de

        vive: Any = chantiers[nom] if NOM.fullmatch(nom) else None
        garde = None if cadre.donnees is None or not NOM.fullmatch(nom) else dossier(cadre.donnees) / f"{nom}.json"
        if vive is not None and (vive.rapport is None or not vive.finie):
            quoi = vive.a_faire
            saisies = [] if quoi is None else list(lignes(quoi.donnees))
            return {
                "nom": nom,
                "vive": vive,
                "a_faire": quoi,
                "a_saisir": saisies,
                "refuse": REFUSE,
                "pieces": [],
                "commentaires": None,
                **dits(vive.so_far()),
            }
        if garde is None or not garde.is_file():
            raise HTTPException(404, "Aucune exécution gardée ne porte ce nom.")
        try:
            found = lire(garde)
        except Panne as error:
            raise HTTPException(404, f"{error.phrase} {error.que_faire}") from error
        donnees = garde.parents[2]
        own = {"pieces": pieces_de(donnees, nom), "commentaires": commentaires_de(donnees, nom)}
        return {"nom": nom, "vive": None, "a_faire": None, **own, **dits(found)}

    async def execution(request: Request, saisie: Saisie) -> Response:
        vues = await asyncio.to_thread(valeurs, request.path_params["nom"])
        return await cadre.page(request, "certification/execution.html", saisie=saisie, **vues)

    async def repondre(geste: Geste) -> str:
        nom = geste.request.path_params["nom"]
        vive: Any = chantiers[nom]
        if vive is None:
            raise Refuse(Refus("Cette exécution a pris fin", "", "", "Regardez ce qu'elle a donné.", "execution-finie", 409))
        if geste["acte"] == "arreter":
            vive.arreter()
            await asyncio.wait([vive.tache], timeout=20)
            return f"/certification/executions/{nom}" if vive.rapport else "/certification"
        vive.repond(geste["etape"], geste["reponse"])
        await asyncio.sleep(0.3)  # what follows is often already there
        return f"/certification/executions/{nom}#maintenant"

    async def rejouer(geste: Geste) -> str:
        """Play again one check, or what was not shown, on the same product."""
        from fps_certification.sujets.personne import Personne
        from fps_console.commandes.certifier import Choix
        from fps_console.commandes.rejouer import plan_manque, plan_rejoue
        from fps_console.web.epreuves import mener, preparer
        from fps_console.web.pages.certification import settings_de

        found = (await asyncio.to_thread(valeurs, geste.request.path_params["nom"]))["rapport"]
        plan = plan_rejoue(found, geste["quoi"]) if geste["quoi"] else plan_manque(found)
        if plan is None:
            phrase = "Rien n'a manqué à cette exécution."
            raise Refuse(Refus(phrase, "", "", "Éprouvez le plan entier pour la refaire.", "rien-a-rejouer", 409))
        epreuve = preparer(Choix(found.plan, a_la_main=found.produit == Personne.nom, deja_lu=plan), settings_de(cadre))
        chantiers.lancer(epreuve, lambda une: mener(une, cadre.pilot))
        return epreuve.adresse

    async def commenter(geste: Geste) -> str:
        """Sign with the evidence what somebody says who has looked at it."""
        from fps_console.web.epreuves import commenter as signer

        nom = geste.request.path_params["nom"]
        await asyncio.to_thread(valeurs, nom)
        geste.exiger(commentaire="ce que vous en dites")
        if len(geste["commentaire"]) > COMMENTAIRE:
            phrase = f"{COMMENTAIRE} caractères au plus."
            raise Refuse(Refus("Ce commentaire est trop long", "", "", phrase, "texte-trop-long", 422, {"commentaire": phrase}))
        async with verrou:
            await asyncio.to_thread(signer, cadre.donnees, nom, geste["commentaire"])
        return f"/certification/executions/{nom}#commentaires"

    async def flux(request: Request) -> Response:
        nom = request.path_params["nom"]
        vive = chantiers[nom]

        async def part() -> str:
            vues = await asyncio.to_thread(valeurs, nom)
            return bytes(cadre.fragment(request, SUIVI, saisie=Saisie(), **vues).body).decode()

        async def rien() -> AsyncIterator[str]:
            yield ": rien\n\n"

        recits = rien() if vive is None else flot(vive, part, "#suivi")
        return StreamingResponse(recits, media_type="text/event-stream")

    async def fichier(request: Request) -> Response:
        from fps_console.commandes.executions import pieces
        from fps_console.web.epreuves import PIECES

        nom, quoi = request.path_params["nom"], request.path_params["fichier"]
        if cadre.donnees is None or not NOM.fullmatch(nom) or quoi not in PIECES:
            raise HTTPException(404, "Cette pièce n'existe pas.")
        place = pieces(cadre.donnees, nom) / quoi
        if not place.is_file():
            raise HTTPException(404, "Cette pièce n'est pas gardée.")
        return FileResponse(place, media_type=PIECES[quoi][1], filename=f"{nom}-{quoi}")

    return [
        *cadre.formes.routes("/certification/executions/{nom}", "execution", execution, repondre),
        *cadre.formes.routes("/certification/executions/{nom}/commentaires", "commentaires", execution, commenter),
        *cadre.formes.routes("/certification/executions/{nom}/rejouer", "rejouer", execution, rejouer),
        Route("/certification/executions/{nom}/flux", flux, name="execution-flux"),
        Route("/certification/executions/{nom}/pieces/{fichier}", fichier, name="execution-piece"),
    ]
