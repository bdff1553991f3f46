"""The time of a bac, on each of its pages: its date, what falls due next, how to get there, and what happens on the way."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from fps.kit.ground.clock import PARIS, Marche
from fps.parties import SERVICES, Party
from fps_console.commandes.avance import target
from fps_console.mots import recit
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Geste, Refus, Refuse, Saisie, fragment, refus_de, retour
from fps_console.web.travaux import Cible, Mener, Travail, Travaux
from fps_simulateur.pilote.pilot import PiloteErreur

PATIENCE: Final = 20.0  # seconds that a page without script waits for the end of an advance
VITE: Final = 0.25  # seconds after which htmx is shown the advance under way
BATTEMENT: Final = 10.0  # seconds without anything to tell, after which the stream says that it lives
# The speeds of a running clock: how many seconds of the bac for a real one.
VITESSES: Final[Mapping[str, str]] = {
    "1": "au temps réel",
    "60": "une minute par seconde",
    "3600": "une heure par seconde",
    "86400": "un jour par seconde",
    "604800": "une semaine par seconde",
}
LOIN: Final = 20_000  # lines of the journals after which only their number is told
FIL: Final = 40  # lines told of what a clock that runs has brought
# The days that have a name, in the order of a life, with their words after « jusqu'à ».
REPERES: Final[Mapping[str, str]] = {
    "envoi-avis": "l'envoi de l'avis",
    "notification": "la notification de l'avis",
    "fin-minoration": "la fin de la minoration",
    "limite-rapo": "la limite du recours préalable",
    "rejet-implicite": "le rejet implicite du recours",
    "limite-paiement": "la limite de paiement",
    "impaye": "le constat de l'impayé",
    "titre": "l'émission du titre",
    "avertissement": "l'envoi de l'avertissement",
    "fin-rabais": "la fin du rabais",
    "relance": "la relance",
    "saisie": "la saisie administrative",
    "examen": "l'examen par la juridiction",
    "reversement": "le reversement à la collectivité",
    "prescription": "la prescription",
    "changement-heure": "le changement d'heure",
    "fin-annee": "la fin de l'année",
}


def routes(cadre: Cadre) -> list[Route]:
    """The bar as a part of a page, its act, and the stream of an advance."""
    travaux = Travaux(cadre.pilot)

    async def horloge(request: Request, bac: str) -> dict[str, Any]:
        """What the bar of a page tells."""
        cle = request.query_params.get("avance", "")
        travail = travaux[cle]
        return await _dite(cadre, request, bac, cle, travail if travail is not None and travail.bac == bac else None, _sans_avance(request))

    cadre.horloge = horloge

    async def barre(
        request: Request, bac: str, cle: str, travail: Travail | None, page: str, statut: int = 200, coule: bool = False
    ) -> Response:
        temps = await _dite(cadre, request, bac, cle, travail, page)
        return cadre.fragment(request, "temps/barre.html", statut, bac=bac, temps=temps, seule=not coule)

    async def avancer(request: Request) -> Response:
        """Move the bac, and come back to the page that asked."""
        bac, saisie = cadre.bac(request), Saisie()
        try:
            saisie = await cadre.formes.lire(request)
            geste = cadre.formes.garder(request, saisie)
            page = retour(saisie["retour"], f"/bacs/{bac}")
            travail = travaux.lancer(geste.cle, bac, saisie.valeurs, _mener(cadre, travaux, bac, geste))
        except Refuse as error:
            page = retour(saisie["retour"], f"/bacs/{bac}")
            cle = f"refus-{id(error):x}"
            travail = travaux.noter(cle, Travail(bac, saisie.valeurs, refus=refus_de(error)))
        else:
            cle = geste.cle
            await travail.fin(VITE if fragment(request) else PATIENCE)
        refus = travail.refus
        if fragment(request):
            return await barre(request, bac, cle, travail, page, 200 if refus is None else refus.statut)
        if refus is not None and refus.statut == 403:
            return await cadre.formes.refusee(request, refus)
        return RedirectResponse(_avec(page, cle), 303)

    async def seule(request: Request) -> Response:
        """The bar alone: what a running clock asks again and again, with what has happened since the page was opened."""
        bac = cadre.bac(request)
        page = retour(request.query_params.get("retour", ""), f"/bacs/{bac}")
        return await barre(request, bac, "", None, page, coule=True)

    async def flux(request: Request) -> Response:
        """What happens in an advance, as it happens; at the end, the bar as it then is."""
        bac, cle = cadre.bac(request), request.path_params["cle"]
        travail, page = travaux[cle], retour(request.query_params.get("retour", ""), f"/bacs/{bac}")

        async def recits() -> AsyncIterator[str]:
            dites = 0
            while travail is not None and not travail.finie:
                vu = travail.tour  # before the look: what is told after it is another turn
                for sujet, line in travail.lignes[dites:]:
                    texte = cadre.fragment(request, "temps/ligne.html", bac=bac, sujet=sujet, ligne=line).body
                    yield _evenement(bytes(texte).decode())
                dites = max(dites, len(travail.lignes))
                if travail.instant is not None:
                    ou = recit.longue(travail.instant.astimezone(PARIS).date())
                    yield _evenement(f'<hx-partial hx-target="#temps-ou" hx-swap="innerHTML">{ou}</hx-partial>')
                try:
                    await asyncio.wait_for(travail.suite(vu), BATTEMENT)
                except TimeoutError:
                    yield ": encore\n\n"
            try:
                reponse = await barre(request, bac, cle, travail, page)
            except PiloteErreur as error:  # the bac has gone, or nobody answers
                reponse = cadre.fragment(request, "refus.html", refus=refus_de(error), lieu="temps")
            fin = bytes(reponse.body).decode()
            yield _evenement(f'<hx-partial hx-target="#temps" hx-swap="outerHTML">{fin}</hx-partial>')

        return StreamingResponse(recits(), media_type="text/event-stream")

    return [
        Route("/bacs/{bac}/temps", seule, name="temps"),
        Route("/bacs/{bac}/temps", avancer, methods=["POST"], name="temps-acte"),
        Route("/bacs/{bac}/temps/{cle}", flux, name="temps-flux"),
    ]


def _evenement(texte: str) -> str:
    return "".join(f"data: {line}\n" for line in texte.splitlines()) + "\n"


def _mener(cadre: Cadre, travaux: Travaux, bac: str, geste: Geste) -> Mener:
    """What a form asks of the time of a bac; raises Refuse."""
    match geste["par"]:
        case "figer":
            return lambda travail: _regler(cadre, travail, Marche.FIGE)
        case "courir":
            if geste["vitesse"] not in VITESSES:
                raise Refuse(Refus("Dites à quelle vitesse", "", "", "Choisissez une vitesse de la liste.", "demande-invalide", 422))
            return lambda travail: _regler(cadre, travail, Marche.COURANT, int(geste["vitesse"]))
        case "garder":
            return lambda travail: _garder(cadre, travail)
    return travaux.avance(geste.cle, _cible(cadre, bac, geste))


async def _regler(cadre: Cadre, travail: Travail, mode: Marche, vitesse: int = 1) -> None:
    """Let a clock run, or stop it where it is."""
    await cadre.pilot.regler(travail.bac, mode, vitesse)
    travail.dit = ("L'horloge est figée." if mode == Marche.FIGE else "L'horloge court.", "")


async def _garder(cadre: Cadre, travail: Travail) -> None:
    """Keep the present of a bac, as a copy of it that tells nothing to anybody."""
    bac, noms = travail.bac, set(await cadre.pilot.lister())
    le = datetime.fromisoformat((await cadre.pilot.etat(bac))["instant"]).astimezone(PARIS)
    souche = f"{bac[:24].rstrip('-')}-au-{le:%Y%m%d}"
    nom = next(nom for rang in count(1) if (nom := souche if rang == 1 else f"{souche}-{rang}") not in noms)
    await cadre.pilot.copier(bac, nom, muette=True)
    travail.dit = (f"Ce moment est gardé dans le bac « {nom} ».", f"/bacs/{nom}")


def _cible(cadre: Cadre, bac: str, geste: Geste) -> Cible:
    """Where a form asks to go, computed of the state of the bac when it is its turn; raises Refuse when another has moved it meanwhile."""
    par = geste["par"]
    demandes = {
        "prochaine": {"a": "prochaine"},
        "jour": {"de": "P1D"},
        "date": {"jusqua": geste["jusqua"]},
        "repere": {"a": geste["repere"]},
        **{nom: {"a": nom} for nom in REPERES},
    }
    asked = demandes.get(par)
    if asked is None:
        raise Refuse(Refus("Dites jusqu'où avancer", "", "", "Choisissez un bouton, un jour ou une date.", "demande-invalide", 422))
    if par == "date":
        geste.exiger(jusqua="jusqu'à quelle date avancer")
    if "a" in asked and asked["a"] in REPERES and geste["dossier"]:
        asked["dossier"] = geste["dossier"]

    async def cible(state: Mapping[str, Any]) -> datetime:
        vu = geste["vu"]
        if vu and state["mode"] == Marche.FIGE and state["instant"] != vu:
            ici = datetime.fromisoformat(state["instant"])
            detail = f"La page montrait une autre date ; le bac est au {recit.longue(ici.date())}, {ici:%H:%M}."
            raise Refuse(Refus("Ce bac a avancé entre-temps", detail, "", "Regardez où il en est, puis recommencez.", "bac-avance", 409))
        return await target(cadre.pilot, bac, asked, state)

    return cible


async def _dite(cadre: Cadre, request: Request, bac: str, cle: str, travail: Travail | None, page: str) -> dict[str, Any]:
    """What the bar tells of a bac. Raises PiloteErreur."""
    etat, prochaines = await asyncio.gather(cadre.etat(request, bac), cadre.pilot.prochaines(bac, 5))
    court = etat["mode"] != Marche.FIGE and (travail is None or travail.finie)
    instant = datetime.fromisoformat(etat["instant"]).astimezone(PARIS)
    return {
        "etat": etat,
        "instant": instant,
        "demain": (instant.date() + timedelta(days=1)).isoformat(),
        "prochaines": [{**une, "jour": date.fromisoformat(une["le"])} for une in prochaines],
        "travail": travail,
        "cle": cle,
        "retour": page,
        "dossier": "" if travail is None else travail.valeurs.get("dossier", ""),
        "saisie": Saisie({} if travail is None or travail.refus is None else travail.valeurs, None if travail is None else travail.refus),
        "reperes": REPERES,
        "vitesses": VITESSES,
        "fil": await suivre_le_fil(cadre, request, bac, page) if court else None,
        "suite": "" if travail is None else f"/bacs/{bac}/temps/{cle}?{urlencode({'retour': page})}",
    }


@dataclass(frozen=True, slots=True)
class Fil:
    """What a clock that runs has brought since a page was opened: what is told of it, how much is not, whether some of it is new.

    `suite`: what the next look gives back, so that it goes on from there.
    """

    lignes: list[tuple[str, recit.Ligne]]
    autres: int
    neuf: bool
    suite: str


async def suivre_le_fil(cadre: Cadre, request: Request, bac: str, page: str) -> Fil:
    """Look at the journals of a bac whose clock runs. Raises PiloteErreur."""
    ici = await cadre.pilot.marques(bac)
    depuis, vus = (_marques(request.query_params.get(nom, ""), ici) for nom in ("depuis", "vus"))
    derniers, nombre = deque[tuple[str, recit.Ligne]](maxlen=FIL), sum(ici[s] - depuis[s] for s in SERVICES)
    if 0 < nombre <= LOIN:
        nombre = 0
        async for fait in recit.au_fil(cadre.pilot.faits(bac, depuis, ici)):
            derniers.append((str(fait["sujet"]), recit.ligne(fait)))
            nombre += 1
    if nombre > FIL:  # the page has become long: from the next look on, only what is new
        depuis = vus
    marques = {nom: ".".join(str(lues[s]) for s in SERVICES) for nom, lues in (("depuis", depuis), ("vus", ici))}
    vivante = re.fullmatch(rf"/bacs/{bac}(/dossiers/\d{{26}})?", page.partition("?")[0])  # where nobody types
    return Fil([*derniers], nombre - len(derniers), bool(vus != ici and vivante), urlencode({"retour": page, **marques}))


def _marques(texte: str, ici: Mapping[Party, int]) -> Mapping[Party, int]:
    """The places in the journals that a look gave, no further than they are; where they are, when it gave none."""
    lus = re.fullmatch(r"(\d{1,15})" + r"\.(\d{1,15})" * (len(SERVICES) - 1), texte)
    return ici if lus is None else {s: min(int(n), ici[s]) for s, n in zip(SERVICES, lus.groups(), strict=True)}


def _sans_avance(request: Request) -> str:
    """The address of a page, without what it tells of an advance."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "avance"]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def _avec(page: str, cle: str) -> str:
    lu = urlsplit(page)
    requete = f"{lu.query}&avance={cle}" if lu.query else f"avance={cle}"
    return urlunsplit(("", "", lu.path, requete, "temps"))


FAMILLE = Famille(routes)
