"""The letters to people of a whole bac: listed by day, kind, addressee and dossier, opened, and taken away in one archive."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.flows import MESSAGES
from fps.parties import LIBELLES, SERVICES, Channel, Party
from fps_console.lecture import lettre
from fps_console.mots import recit
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.flots import en_archive
from fps_console.web.formes import Saisie
from fps_console.web.listes import PAGE, PLACES, Feuille, adresse, demandee, illisible, rassembler, voisines
from fps_console.web.pages.dossiers import IDENTIFIER
from fps_console.web.repertoire import sujet_lu
from fps_simulateur.pilote.pilot import PiloteErreur

CHAMPS: Final = ("genre", "a", "dossier", "du", "au", "tri")
DE_LA_ROUTE: Final = {"type.0": "genre", "destinataire.0": "a", "sujet": "dossier"}  # the field of the form for that of the route
COURRIERS: Final = tuple(cls for cls in MESSAGES if cls.channel is Channel.COURRIER)
GENRES: Final = [("", "tous"), *((cls.type, f"{recit.message(cls)} ({recit.court(cls.sender)})") for cls in COURRIERS)]
DESTINATAIRES: Final = [("", "tous"), *sorted((p.value, LIBELLES[p]) for p in {cls.receiver for cls in COURRIERS})]
TRIS: Final = [("", "les plus récents d'abord"), ("anciens", "les plus anciens d'abord")]
CHEMIN: Final = "/bacs/{bac}/courriers"


def routes(cadre: Cadre) -> list[Route]:
    """The list, its archive, and the content of one letter."""

    async def lire(bac: str, demande: Mapping[str, str]) -> Feuille:
        """A page of the list. Raises PiloteErreur."""
        descend = demande.get("tri") != "anciens"
        sens = descend is not ("avant" in demande)
        pages = await cadre.pilot.boite_aux_lettres(
            bac,
            type=demande.get("genre"),
            destinataire=demande.get("a"),
            sujet=sujet_lu(demande.get("dossier", "")),
            du=demande.get("du"),
            au=demande.get("au"),
            tri="recents" if sens else "anciens",
            apres=demande.get("avant") or demande.get("apres"),
            limite=PAGE,
        )
        lues = [([lettre(c) for c in page["courriers"]], page["suivant"] is not None) for page in pages.values()]
        return rassembler(lues, lambda c: (c["le"], c["id"]), lambda c: f"{c['date']}~{c['id']}", demande, descend=descend)

    async def liste(request: Request) -> Response:
        bac, demande = cadre.bac(request), demandee(request, *CHAMPS)
        saisie, feuille = Saisie(demande), Feuille()
        try:
            feuille = await lire(bac, demande)
        except PiloteErreur as error:
            saisie = illisible(error, demande, DE_LA_ROUTE)
        chemin = CHEMIN.format(bac=bac)
        return await cadre.page(
            request,
            "courriers/courriers.html",
            200 if saisie.refus is None else saisie.refus.statut,
            bac=bac,
            saisie=saisie,
            feuille=feuille,
            filtree=any(nom in demande for nom in CHAMPS if nom != "tri"),
            voisines=voisines(chemin, demande, feuille),
            entiere=feuille.suivant is None is feuille.precedent,
            archive=adresse(f"{chemin}.zip", demande),
            genres=GENRES,
            destinataires=DESTINATAIRES,
            tris=TRIS,
        )

    async def archive(request: Request) -> Response:
        """All that a search finds, page after page, in one file that leaves as it is made."""
        from fps_console.commandes import documents

        bac, demande = cadre.bac(request), demandee(request, *CHAMPS)
        demande = {nom: valeur for nom, valeur in demande.items() if nom not in PLACES}
        premiere = await lire(bac, demande)  # what cannot be read is told before anything is sent
        if not premiere.lignes:
            raise HTTPException(404, "Aucun courrier ne répond à cette recherche : il n'y a rien à emporter.")

        async def trouves() -> AsyncIterator[documents.Document]:
            feuille = premiere
            while True:
                for c in feuille.lignes:
                    yield await documents.document(cadre.pilot, bac, c, imprimes=True)
                if feuille.suivant is None:
                    return
                feuille = await lire(bac, {**demande, "apres": feuille.suivant})

        return en_archive(documents.archive(trouves()), f"courriers-{bac}.zip")

    async def contenu(request: Request) -> Response:
        """What a letter says, as data."""
        bac, service, identifiant = cadre.bac(request), request.path_params["service"], request.path_params["identifiant"]
        if service not in SERVICES or not IDENTIFIER.fullmatch(identifiant):
            raise HTTPException(404, "Ce courrier n'existe pas.")
        dit: Any = await cadre.pilot.courrier(bac, Party(service), identifiant)
        return Response(json.dumps(dit, ensure_ascii=False, indent=1), media_type="application/json")

    return [
        Route(CHEMIN, liste, name="courriers"),
        Route(f"{CHEMIN}.zip", archive, name="courriers-du-bac-zip"),
        Route(f"{CHEMIN}/{{service}}/{{identifiant}}.json", contenu, name="courrier-contenu"),
    ]


FAMILLE = Famille(routes, {"Lettres": CHEMIN})
