"""The exploration of a product: sequences that nobody wrote are played on it; what fails is told, and given as a life to play again."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from fps_console.web.cadre import Cadre
from fps_console.web.chantiers import Chantier, Chantiers, cle
from fps_console.web.flots import flot
from fps_console.web.formes import Geste, Refus, Refuse, Saisie

DUREE_AU_PLUS: Final = 3_600  # seconds of one exploration
ICI: Final = "/certification/explorations/{cle}"
SUIVI: Final = "certification/exploration_suivi.html"


@dataclass(eq=False, kw_only=True)
class Exploree(Chantier):
    """An exploration that goes on, then what it found. `duree` in seconds."""

    consigne: Any
    faite: Any = None

    @property
    def duree(self) -> int:
        """What was asked."""
        return int(self.consigne.duree)


def routes(cadre: Cadre, chantiers: Chantiers) -> list[Route]:
    """Its form, its page, its stream, the life that it found."""

    async def voir(request: Request, saisie: Saisie) -> Response:
        from fps_certification.plans.plan import livres

        bacs = await cadre.pilot.lister()
        return await cadre.page(
            request,
            "certification/exploration.html",
            saisie=saisie,
            plans=[(nom, f"{nom} : {un.titre}") for nom, un in livres().items()],
            choix_bacs=[("", "aucun (collectivité de référence)"), *((nom, nom) for nom in bacs)],
            au_plus=DUREE_AU_PLUS,
        )

    async def explorer(geste: Geste) -> str:
        from fps_certification.exploration.explorer import Consigne
        from fps_certification.plans.plan import livres
        from fps_console.commandes.certifier import Choix
        from fps_console.commandes.explorer import parcourir, plan_explore
        from fps_simulateur.joueur import Ailleurs

        fautes = {}
        for nom, defaut, au_plus in (("duree", "60", DUREE_AU_PLUS), ("graine", "1", 999_999)):
            if not (re.fullmatch(r"[0-9]{1,6}", geste[nom] or defaut) and 1 <= int(geste[nom] or defaut) <= au_plus):
                fautes[nom] = f"Un nombre, de 1 à {au_plus}."
        if geste["plan"] not in livres():
            fautes["plan"] = "Choisissez un plan livré."
        if bool(geste["bac"]) is not bool(geste["pilote"]):
            fautes["pilote" if geste["bac"] else "bac"] = (
                "Un produit s'explore dans son bac, par son adresse de pilotage : donnez les deux."
            )
        if fautes:
            raise Refuse(
                Refus("Cette exploration ne peut pas commencer", "", "", "Corrigez chaque champ signalé.", "exploration", 422, fautes)
            )
        plan = plan_explore(Choix(geste["plan"], (), geste["pilote"] or None, geste["bac"] or None))
        nom = cle()
        consigne = Consigne(plan, geste["graine"] or "1", float(geste["duree"] or 60), f"explo-{nom[:6]}")
        produit = f"produit du bac « {geste['bac']} »" if geste["bac"] else "collectivité de référence"
        titre = f"Exploration, {produit}, graine {consigne.graine}"
        une = Exploree(nom, "exploration", titre, f"exploration {produit}", ICI.format(cle=nom), consigne=consigne)

        async def mener(exploree: Exploree) -> None:
            def dire(pas: int) -> None:
                exploree.fait = pas
                exploree.reveiller()

            exploree.faite = await parcourir(consigne, Ailleurs(cadre.pilot), dire)

        chantiers.lancer(une, mener)
        return une.adresse

    def valeurs(request: Request) -> dict[str, Any]:
        from fps_certification.exigences.lecture import par_id
        from fps_console.commandes.verdicts import ETATS

        une: Any = chantiers[request.path_params["cle"]]
        if une is None or une.genre != "exploration":
            raise HTTPException(404, "Cette exploration n'est plus en mémoire : la même graine la refait.")
        faite = une.faite
        exigence = None if faite is None or faite.difference is None else par_id(faite.difference.exigence)
        return {"un": une, "verdict": "" if faite is None else ETATS[faite.etat], "exigence": exigence}

    async def suivre(request: Request, saisie: Saisie) -> Response:
        return await cadre.page(request, "certification/exploration_faite.html", saisie=saisie, **valeurs(request))

    async def arreter(geste: Geste) -> str:
        une = valeurs(geste.request)["un"]
        une.arreter()
        await asyncio.wait([une.tache], timeout=20)
        return str(une.adresse)

    async def flux(request: Request) -> Response:
        une = valeurs(request)["un"]

        async def part() -> str:
            return bytes(cadre.fragment(request, SUIVI, **valeurs(request)).body).decode()

        return StreamingResponse(flot(une, part, "#suivi"), media_type="text/event-stream")

    async def vie(request: Request) -> Response:
        faite = valeurs(request)["un"].faite
        if faite is None or not faite.texte:
            raise HTTPException(404, "Cette exploration n'a trouvé aucune vie qui échoue.")
        entete = {"Content-Disposition": 'attachment; filename="exploration.yaml"'}
        return Response(faite.texte, media_type="application/yaml", headers=entete)

    return [
        *cadre.formes.routes("/certification/exploration", "exploration", voir, explorer),
        *cadre.formes.routes(ICI, "exploration-faite", suivre, arreter),
        Route(f"{ICI}/flux", flux, name="exploration-flux"),
        Route(f"{ICI}/vie.yaml", vie, name="exploration-vie"),
    ]
