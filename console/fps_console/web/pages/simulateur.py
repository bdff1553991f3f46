"""The simulator: its catalogue of lives with the picture of each, one that is played to be watched, and the drawings of the whole."""

import asyncio
from typing import Any, Final

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from fps.kit.ground.bac_path import NOM
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.chantiers import Chantier, Chantiers, cle
from fps_console.web.flots import flot
from fps_console.web.formes import Geste, Refus, Refuse, Saisie
from fps_console.web.pages import ateliers
from fps_console.web.pages.certification import donnees_de

RYTHMES: Final = {"0": "d'un trait", "1": "une étape par seconde", "4": "une étape toutes les quatre secondes"}


def routes(cadre: Cadre) -> list[Route]:
    """Its pages, and those of its drawings."""
    chantiers = Chantiers()

    async def accueil(request: Request) -> Response:
        from fps_console.mots.recit import texte
        from fps_console.web.vies import catalogue, textes

        donnees = donnees_de(cadre)
        articles = await asyncio.to_thread(textes, donnees)
        saisie = Saisie({nom: request.query_params.get(nom, "").strip()[:80] for nom in ("q", "famille", "article")})
        vies = [
            (famille, une.vie, articles.get(nom))
            for nom, (famille, une) in catalogue().items()
            if saisie["famille"] in ("", famille)
            and (not saisie["article"] or saisie["article"] in articles.get(nom, ()))
            and all(
                mot in f"{nom} {une.vie.titre} {famille} {' '.join(e.acte or '' for e in une.vie.etapes)}".lower()
                for mot in saisie["q"].lower().split()
            )
        ]
        return await cadre.page(
            request,
            "simulateur/accueil.html",
            vies=vies,
            tous=len(catalogue()),
            dessinees=len(articles),
            choix_familles=[("", "toutes"), *((f, f.replace("-", " ")) for f in dict.fromkeys(f for f, _ in catalogue().values()))],
            choix_articles=[("", "tous"), *((a, texte(a)) for a in sorted({a for siens in articles.values() for a in siens}))],
            saisie=saisie,
            en_cours=chantiers.en_cours(),
        )

    async def vie(request: Request, saisie: Saisie) -> Response:
        from fps_console.commandes.play_html import machines
        from fps_console.commandes.sequence import dessiner
        from fps_console.mots.recit import courtes
        from fps_console.web.vies import etape_dite, gardee

        famille, choisie = _vie(request)
        deja = await asyncio.to_thread(gardee, donnees_de(cadre), choisie)
        journal = [] if deja is None else deja["journal"]
        return await cadre.page(
            request,
            "simulateur/vie.html",
            famille=famille,
            vie=choisie.vie,
            etapes=[etape_dite(e) for e in choisie.vie.etapes],
            deja=deja,
            sequence=Markup(dessiner(courtes(journal))),  # noqa: S704 (our own drawing, its words are escaped)
            machines=Markup(machines(journal)),  # noqa: S704
            rythmes=list(RYTHMES.items()),
            saisie=saisie,
        )

    async def jouer(geste: Geste) -> str:
        from fps_console.web.vies import Jeu, dessiner
        from fps_console.web.vies import jouer as mener

        _, choisie = _vie(geste.request)
        donnees, nom = donnees_de(cadre), choisie.vie.vie
        if geste["quoi"] == "dessiner":
            une = Chantier(cle(), "dessin", f"Le dessin de « {choisie.vie.titre} »", "dessins", "")
            une.adresse = f"/simulateur/travaux/{une.cle}"
            chantiers.lancer(une, lambda c: dessiner(c, cadre.pilot, donnees, [choisie]))
            await asyncio.wait([une.tache] if une.tache else [], timeout=5)
            return f"/simulateur/vies/{nom}#dessin" if une.finie and une.refus is None else une.adresse
        geste.exiger(bac="dans quel bac la jouer")
        bac, rythme = geste["bac"], geste["rythme"] or "0"
        if not NOM.fullmatch(bac):
            phrase = "Des lettres minuscules, des chiffres et des tirets, 40 au plus."
            raise Refuse(Refus("Ce nom de bac n'est pas permis", f"« {bac[:40]} »", "", phrase, "nom-de-bac", 422, {"bac": phrase}))
        if rythme not in RYTHMES:
            raise Refuse(Refus("Choisissez un rythme", "", "", "Prenez l'un de ceux qui sont proposés.", "rythme", 422))
        if bac in await cadre.pilot.lister():
            phrase = f"Le bac « {bac} » existe déjà."
            raise Refuse(Refus(phrase, "", "", "Donnez un autre nom, ou supprimez-le.", "bac-existe", 409, {"bac": phrase}))
        jeu = Jeu(cle(), "jeu", choisie.vie.titre, bac, "", len(choisie.vie.etapes), choisie=choisie, bac=bac, rythme=float(rythme))
        jeu.adresse = f"/simulateur/travaux/{jeu.cle}"
        chantiers.lancer(jeu, lambda un: mener(un, cadre.pilot, donnees))
        return jeu.adresse

    async def dessiner_tout(geste: Geste) -> str:
        from fps_console.web.vies import catalogue, dessiner

        donnees, vies = donnees_de(cadre), [une for _, une in catalogue().values()]
        tout = Chantier(cle(), "dessin", "Le dessin de chaque vie du catalogue", "dessins", "", len(vies))
        tout.adresse = f"/simulateur/travaux/{tout.cle}"
        chantiers.lancer(tout, lambda un: dessiner(un, cadre.pilot, donnees, vies))
        return tout.adresse

    def valeurs(nom: str) -> dict[str, Any]:
        from fps_console.web.vies import etape_dite

        un: Any = chantiers[nom]
        if un is None:
            raise HTTPException(404, "Ce travail n'est plus en mémoire : ce qu'il a fait est gardé.")
        etapes = [etape_dite(e) for e in un.choisie.vie.etapes] if un.genre == "jeu" else []
        return {"un": un, "etapes": etapes}

    async def travail(request: Request, saisie: Saisie) -> Response:
        return await cadre.page(request, "simulateur/travail.html", saisie=saisie, **valeurs(request.path_params["nom"]))

    async def arreter(geste: Geste) -> str:
        un = valeurs(geste.request.path_params["nom"])["un"]
        un.arreter()
        await asyncio.wait([un.tache], timeout=20)
        return str(un.adresse)

    async def flux(request: Request) -> Response:
        nom = request.path_params["nom"]
        un = valeurs(nom)["un"]

        async def part() -> str:
            return bytes(cadre.fragment(request, "simulateur/suivi.html", **valeurs(nom)).body).decode()

        return StreamingResponse(flot(un, part, "#suivi"), media_type="text/event-stream")

    async def dessins(request: Request, saisie: Saisie) -> Response:
        return await accueil(request) if saisie.refus is None else await cadre.formes.refusee(request, saisie.refus)

    async def vers_accueil(request: Request) -> Response:
        return RedirectResponse("/simulateur", 303)

    return [
        Route("/simulateur", accueil, name="simulateur"),
        *cadre.formes.routes("/simulateur/vies/{vie}", "vie", vie, jouer),
        Route("/simulateur/vies", vers_accueil, name="vies"),
        *cadre.formes.routes("/simulateur/dessins", "dessins", dessins, dessiner_tout),
        *cadre.formes.routes("/simulateur/travaux/{nom}", "travail", travail, arreter),
        Route("/simulateur/travaux/{nom}/flux", flux, name="travail-flux"),
        *ateliers.routes(cadre, chantiers),
    ]


def _vie(request: Request) -> Any:
    from fps_console.web.vies import catalogue

    found = catalogue().get(request.path_params["vie"])
    if found is None:
        raise HTTPException(404, "Aucune vie du catalogue ne porte ce nom.")
    return found


FAMILLE = Famille(routes, {"Simulateur": "/simulateur"})
