"""A dossier at a date: its five lanes, how each value was found, each exchange as it passed, and what one takes away."""

import asyncio
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.droit.money import euros
from fps.kit.ground.clock import PARIS
from fps.parties import SERVICES, Party
from fps_console.mots import recit
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import refus_de
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
        return await cadre.page(request, "frise/frise.html", bac=bac, **await _vue(cadre, request, bac, dossier))

    async def acte(request: Request) -> Response:
        """One act: what it told, and its letter as it travelled."""
        from fps_console.frise import echange

        bac, dossier = await lu(request)
        vue = await _vue(cadre, request, bac, dossier)
        numero, actes = request.path_params["acte"], vue["frise"].actes
        if not 1 <= numero <= len(actes):
            raise HTTPException(404, f"Ce dossier a {len(actes)} actes.")
        un = actes[numero - 1]
        echange_lu = await echange.lire(cadre.pilot, bac, vue["frise"], un)
        return await cadre.page(request, "frise/acte.html", bac=bac, acte=un, echange=echange_lu, **vue)

    async def valeur(request: Request) -> Response:
        """How a date or an amount was found, as its service tells today; beside it, what an act had told of it."""
        from fps_console.commandes import explique
        from fps_console.commandes.output import Panne

        bac, dossier = await lu(request)
        service, champ = request.path_params["service"], request.path_params["champ"]
        if service not in SERVICES or not CHAMP.fullmatch(champ):
            raise HTTPException(404, "Cette valeur n'existe pas.")
        vue = await _vue(cadre, request, bac, dossier)
        dite = _dite(vue, Party(service), champ, request.query_params.get("acte", ""))
        sujet = dite.sujet if dite is not None and service == Party.CCSP and dite.sujet else dossier["numero"]
        try:
            _, explication = await explique.ask(cadre.pilot, bac, sujet, f"{service}.{champ}")
            refus = None
        except Panne as error:
            explication, refus = None, refus_de(error)
        mots: dict[str, Any] = {"champ_dit": explique.champ_dit, "shown": explique.shown, "rendu": explique.rendu}
        own: dict[str, Any] = {"service": Party(service), "champ": champ, "dite": dite, "explication": explication, "refus_dit": refus}
        return await cadre.page(request, "frise/valeur.html", bac=bac, **own, **mots, **vue)

    async def archive(request: Request) -> Response:
        """The letters that people received, in one archive."""
        from fps_console.commandes import documents

        bac, dossier = await lu(request)
        joints = await documents.lire(cadre.pilot, bac, dossier["journal"], imprimes=True)
        octets = await asyncio.to_thread(documents.archive, joints)
        name = f"courriers-{dossier['numero']}.zip"
        return Response(octets, media_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'})

    return [
        Route(f"{PREFIXE}/frise", frise, name="frise"),
        Route(f"{PREFIXE}/frise/actes/{{acte:int}}", acte, name="frise-acte"),
        Route(f"{PREFIXE}/frise/valeurs/{{service}}/{{champ}}", valeur, name="frise-valeur"),
        Route(f"{PREFIXE}/courriers.zip", archive, name="courriers-zip"),
    ]


async def _vue(cadre: Cadre, request: Request, bac: str, dossier: Mapping[str, Any]) -> dict[str, Any]:
    """What every page of a dossier at a date finds; raises HTTPException 404 for a date that cannot be read."""
    from fps_console.commandes.sequence import dessiner
    from fps_console.frise.instant import Frise

    toute = Frise(dossier["journal"], dossier["courriers"], dossier["contenus"])
    present = datetime.fromisoformat((await cadre.pilot.etat(bac))["instant"]).astimezone(PARIS).date()
    jours = sorted({*toute.jours, present})
    le = min(_jour(request, jours) or present, present)
    niveau = request.query_params.get("niveau", NIVEAUX[0])
    niveau = niveau if niveau in NIVEAUX else NIVEAUX[0]
    instant = toute.a(le)
    montres = [acte for acte in instant.actes if acte.court or niveau == "developpeur"]
    base = f"/bacs/{bac}/dossiers/{dossier['numero']}"

    def adresse(chemin: str = "", **voulu: str | int) -> str:
        """An address of this dossier at this date and this level."""
        return f"{base}/frise{chemin}?{urlencode({'le': le.isoformat(), 'niveau': niveau, **voulu})}"

    dessin = dessiner([acte.ligne for acte in instant.actes if acte.court])
    return {
        "dossier": dossier,
        "frise": toute,
        "instant": instant,
        "jours": jours,
        "rang": sum(jour <= le for jour in jours),
        "le": le,
        "present": present,
        "niveau": niveau,
        "niveaux": NIVEAUX,
        "montres": montres,
        "base": base,
        "lien": adresse,
        "dessin": Markup(dessin),  # noqa: S704 (our own drawing, its words are escaped)
        "court": recit.court,
        "texte": recit.texte,
        "canaux": recit.CANAUX,
        "euros": euros,
    }


def _jour(request: Request, jours: list[date]) -> date | None:
    """The day that is asked, by its date or by its place among the days."""
    le, rang = request.query_params.get("le", ""), request.query_params.get("jour", "")
    try:
        if rang:
            return jours[max(1, min(int(rang), len(jours))) - 1]
        return date.fromisoformat(le) if le else None
    except ValueError:
        raise HTTPException(404, f"« {(rang or le)[:40]} » n'est pas un jour : écrivez-le comme 2026-10-05.") from None


def _dite(vue: Mapping[str, Any], service: Party, champ: str, acte: str) -> Any:
    """What an act told of a field: the one that is named, else the last one up to the day."""
    dites = [v for a in vue["instant"].actes for v in a.valeurs if v.service is service and v.champ == champ]
    return next((v for v in dites if str(v.acte) == acte), dites[-1] if dites else None)


FAMILLE = Famille(routes)
