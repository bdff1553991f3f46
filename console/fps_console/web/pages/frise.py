"""A dossier at a date: its five lanes, how each value was found, each exchange as it passed, and what one takes away."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.kit.ground.clock import PARIS
from fps.parties import SERVICES, Party
from fps_console.web import frise as frise_web
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.flots import en_archive
from fps_console.web.pages.dossiers import NUMERO

NIVEAUX: Final = ("agent", "developpeur")
CHAMP: Final = re.compile(r"[a-z_.]{1,60}")
PREFIXE: Final = "/bacs/{bac}/dossiers/{numero}"


def routes(cadre: Cadre) -> list[Route]:
    """The page, an act of it, a value of it, and its files."""

    async def lu(request: Request) -> tuple[str, dict[str, Any]]:
        """The bac and everything about the dossier; raises HTTPException 404, PiloteErreur."""
        bac, numero = cadre.bac(request), request.path_params["numero"]
        found = await cadre.lecture.dossier(bac, numero) if NUMERO.fullmatch(numero) else None
        if found is None:
            raise HTTPException(404, f"Aucun dossier ne porte le numéro {numero[:40]} dans le bac « {bac} ».")
        return bac, found

    async def frise(request: Request) -> Response:
        bac, dossier = await lu(request)
        return await cadre.page(request, "frise/frise.html", **await _vue(cadre, request, bac, dossier))

    async def acte(request: Request) -> Response:
        """One act: what it told, and its letter as it travelled."""
        from fps_console.frise import echange

        bac, dossier = await lu(request)
        vue = await _vue(cadre, request, bac, dossier)
        numero, actes = cadre.rang(request, "acte"), vue["frise"].actes
        if not 1 <= numero <= len(actes):
            raise HTTPException(404, f"Ce dossier a {len(actes)} actes.")
        un = actes[numero - 1]
        imprimable = any(c["id"] == un.lettre and c["imprimable"] for c in dossier["courriers"])
        echange_lu = await echange.lire(cadre.pilot, bac, vue["frise"], un)
        return await cadre.page(request, "frise/acte.html", acte=un, echange=echange_lu, imprimable=imprimable, **vue)

    async def valeur(request: Request) -> Response:
        """How a date or an amount was found, as its service tells today; beside it, what an act had told of it."""
        bac, dossier = await lu(request)
        service, champ = request.path_params["service"], request.path_params["champ"]
        if service not in SERVICES or not CHAMP.fullmatch(champ):
            raise HTTPException(404, "Cette valeur n'existe pas.")
        vue = await _vue(cadre, request, bac, dossier)
        dite = frise_web.dite(vue["instant"], Party(service), champ, request.query_params.get("acte", ""))
        own = await frise_web.expliquee(cadre.pilot, bac, dossier["numero"], Party(service), champ, dite)
        return await cadre.page(request, "frise/valeur.html", **own, **vue)

    async def archive(request: Request) -> Response:
        """The letters that people received, in one archive."""
        from fps_console.commandes import documents

        bac, dossier = await lu(request)

        async def ecrits() -> AsyncIterator[documents.Document]:
            for c in sorted(dossier["courriers"], key=lambda c: (c["le"], c["sujet"], c["flux"], c["id"])):
                yield await documents.document(cadre.pilot, bac, c, imprimes=True)

        return en_archive(documents.archive(ecrits()), f"courriers-{dossier['numero']}.zip")

    async def fichier(request: Request) -> Response:
        """The same view in one file, with its letters, that opens where there is no network."""
        from fps_console.web import frise_fichier

        bac, dossier = await lu(request)
        niveau = request.query_params.get("niveau", "")
        texte = await frise_fichier.ecrire(cadre, bac, dossier, niveau if niveau in NIVEAUX else NIVEAUX[0])
        name = f"frise-{dossier['numero']}.html"
        return Response(texte, media_type="text/html", headers={"Content-Disposition": f'attachment; filename="{name}"'})

    return [
        Route(f"{PREFIXE}/frise.html", fichier, name="frise-fichier"),
        Route(f"{PREFIXE}/frise", frise, name="frise"),
        Route(f"{PREFIXE}/frise/actes/{{acte}}", acte, name="frise-acte"),
        Route(f"{PREFIXE}/frise/valeurs/{{service}}/{{champ}}", valeur, name="frise-valeur"),
        Route(f"{PREFIXE}/courriers.zip", archive, name="courriers-zip"),
    ]


async def _vue(cadre: Cadre, request: Request, bac: str, dossier: Mapping[str, Any]) -> dict[str, Any]:
    """What every page of a dossier at a date finds; raises HTTPException 404 for a date that cannot be read."""
    present = datetime.fromisoformat((await cadre.etat(request, bac))["instant"]).astimezone(PARIS).date()
    vue = frise_web.Vue(bac, dossier, present)
    le = min(_jour(request, vue.jours) or present, present)
    niveau = request.query_params.get("niveau", NIVEAUX[0])
    niveau = niveau if niveau in NIVEAUX else NIVEAUX[0]
    return {**vue.au(le, niveau, vue.en_ligne(le, niveau)), "niveaux": NIVEAUX}


def _jour(request: Request, jours: list[date]) -> date | None:
    """The day that is asked, by its date or by its place among the days."""
    le, rang = request.query_params.get("le", ""), request.query_params.get("jour", "")
    try:
        if rang:
            return jours[max(1, min(int(rang), len(jours))) - 1]
        return date.fromisoformat(le) if le else None
    except ValueError:
        raise HTTPException(404, f"« {(rang or le)[:40]} » n'est pas un jour : écrivez-le comme 2026-10-05.") from None


FAMILLE = Famille(routes)
