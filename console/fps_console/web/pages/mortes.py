"""The dead letters and the buried deadlines of a bac: each with its cause and its remedy, tried again one by one or all at once."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.flows import MESSAGES
from fps.kit.ground.clock import PARIS
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes.lettres_mortes import ILLISIBLES
from fps_console.mots import recit
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.formes import Geste, Refus, Refuse, Saisie
from fps_console.web.listes import PAGE, Feuille, demandee, illisible, rassembler, voisines
from fps_console.web.repertoire import sujet_lu
from fps_simulateur.pilote.pilot import PiloteErreur

CHAMPS: Final = ("ou", "service", "sens", "dossier", "tri")
SENS: Final[Mapping[str, str]] = {"envoi": "n'est pas partie", "reception": "n'a pas été lue", "echeance": "échéance enterrée"}
CHEMIN: Final = "/bacs/{bac}/lettres-mortes"
ARRIVEE: Final = 5.0  # seconds left to a letter that leaves again, before its page says where it is
NOMS: Final[Mapping[str, str]] = {cls.type: recit.message(cls) for cls in MESSAGES}
CHOIX_SENS: Final = [("", "tous"), *SENS.items()]
CHOIX_SERVICES: Final = [("", "tous"), *((s.value, LIBELLES[s]) for s in SERVICES)]
CHOIX_OU: Final = [("", "de ce bac"), ("illisibles", "illisibles, d'aucun bac")]
TRIS: Final = [("", "les plus anciennes d'abord"), ("recentes", "les plus récentes d'abord")]


def routes(cadre: Cadre) -> list[Route]:
    """The list, where all are tried again; and each, where it alone is."""

    def lieu(bac: str, illisibles: str) -> str:
        return ILLISIBLES if illisibles == "illisibles" else bac

    async def lire(bac: str, demande: Mapping[str, str]) -> Feuille:
        """A page of the list. Raises PiloteErreur, HTTPException 404."""
        descend = demande.get("tri") == "recentes"
        sens = descend is not ("avant" in demande)
        service = _service(demande["service"]) if "service" in demande else None
        found = await cadre.pilot.lettres_mortes(
            lieu(bac, demande.get("ou", "")),
            service,
            sens=demande.get("sens"),
            sujet=sujet_lu(demande.get("dossier", "")),
            tri="recentes" if sens else "anciennes",
            apres=demande.get("avant") or demande.get("apres"),
            limite=PAGE + 1,
        )
        vues = [_vue(bac, une) for une in found]
        return rassembler(
            [(vues, False)],
            lambda une: (datetime.fromisoformat(une["wall_time"]), une["id"], une["sens"]),
            lambda une: f"{une['wall_time']}~{une['sens']}~{une['id']}",
            demande,
            descend=descend,
        )

    async def liste(request: Request, saisie: Saisie) -> Response:
        bac, demande = cadre.bac(request), demandee(request, *CHAMPS)
        feuille, vue = Feuille(), Saisie(demande)
        try:
            feuille = await lire(bac, demande)
        except PiloteErreur as error:
            vue = illisible(error, demande, {"sujet": "dossier"})
        chemin = CHEMIN.format(bac=bac)
        faites = request.query_params.get("rejouees", "") if cadre.vient_d_agir(request) else ""
        return await cadre.page(
            request,
            "mortes/mortes.html",
            200 if vue.refus is None else vue.refus.statut,
            bac=bac,
            saisie=vue,
            refus_du_rejeu=saisie.refus,
            feuille=feuille,
            filtree=any(nom in demande for nom in CHAMPS if nom not in ("tri", "ou")),
            voisines=voisines(chemin, demande, feuille),
            faites=int(faites) if faites.isascii() and faites.isdigit() and len(faites) < 8 else None,
            choix={"service": CHOIX_SERVICES, "sens": CHOIX_SENS, "ou": CHOIX_OU, "tri": TRIS},
        )

    async def toutes(geste: Geste) -> str:
        bac = cadre.bac(geste.request)
        ou = "illisibles" if geste["ou"] == "illisibles" else ""
        faites = await cadre.pilot.rejouer(lieu(bac, ou))
        await _arrivees(bac)
        return f"{CHEMIN.format(bac=bac)}?rejouees={faites}{'&ou=illisibles' if ou else ''}"

    async def _arrivees(bac: str) -> None:
        """What left again has a moment to arrive, or to die again."""
        with contextlib.suppress(TimeoutError, PiloteErreur):
            async with asyncio.timeout(ARRIVEE):
                await cadre.pilot.au_calme(bac)

    async def chercher(request: Request) -> tuple[str, Party, Mapping[str, Any] | None]:
        """Where the letter of an address lies, and what is told of it, if it is dead. Raises PiloteErreur, HTTPException 404."""
        bac, service = cadre.bac(request), _service(request.path_params["service"])
        sens, identifiant = request.path_params["sens"], request.path_params["identifiant"]
        if sens not in SENS or len(identifiant) > 200 or not identifiant.isprintable():
            raise HTTPException(404, "Cette lettre n'existe pas.")
        ou = lieu(bac, request.query_params.get("ou", ""))
        found = await cadre.pilot.lettres_mortes(ou, service, sens=sens, id=identifiant)
        return ou, service, _vue(bac, found[0]) if found else None

    async def une(request: Request, saisie: Saisie) -> Response:
        ou, service, vue = await chercher(request)
        rejouee = "rejouee" in request.query_params and cadre.vient_d_agir(request)
        if vue is None and not rejouee:
            raise HTTPException(404, "Cette lettre n'est pas morte, ou plus : voyez la liste des lettres mortes de ce bac.")
        return await cadre.page(
            request,
            "mortes/morte.html",
            bac=cadre.bac(request),
            une=vue,
            service=LIBELLES[service],
            identifiant=request.path_params["identifiant"],
            illisible=ou == ILLISIBLES,
            rejouee=rejouee,
            saisie=saisie,
        )

    async def rejouer(geste: Geste) -> str:
        ou, service, vue = await chercher(geste.request)
        bac, chemin = cadre.bac(geste.request), quote(geste.request.url.path)
        suite = f"{chemin}?rejouee=1{'&ou=illisibles' if ou == ILLISIBLES else ''}"
        if vue is None:  # somebody did it meanwhile
            return suite
        faites = await cadre.pilot.rejouer(ou, vue["id"], service)
        if faites:
            await _arrivees(bac)
        _, _, encore = await chercher(geste.request)
        if encore is not None:
            titre = "Elle a échoué de nouveau"
            details = " ".join([encore["cause"], *(une["phrase"] for une in encore["erreurs"])])
            raise Refuse(Refus(titre, details, "", encore["que_faire"], "rejeu-en-echec", 409))
        return suite

    return [
        *cadre.formes.routes(CHEMIN, "lettres-mortes", liste, toutes),
        *cadre.formes.routes(f"{CHEMIN}/{{service}}/{{sens}}/{{identifiant:path}}", "lettre-morte", une, rejouer),
    ]


def _service(nom: str) -> Party:
    if nom not in SERVICES:
        raise HTTPException(404, "Aucun service ne porte ce nom.")
    return Party(nom)


def lire_cause(cause: str) -> tuple[str, list[Mapping[str, str]]]:
    """A cause as a sentence, and the errors of each field when it lists them."""
    phrase, crochet, suite = cause.partition(" [{")
    if not crochet:
        return cause, []
    try:
        erreurs = json.loads(f"[{{{suite}")
    except ValueError:  # a cause is kept short: its end may be missing
        return cause, []
    return phrase, [{nom: str(une.get(nom) or "") for nom in ("champ", "phrase", "article")} for une in erreurs]


def _vue(bac: str, une: Mapping[str, Any]) -> dict[str, Any]:
    """What a page tells of a dead letter: its words, its address, its envelope laid out."""
    enterree = une["sens"] == "echeance"
    try:
        pli = json.dumps(json.loads(une["envelope"]), ensure_ascii=False, indent=1)
    except ValueError:
        pli = une["envelope"]
    adresse = f"{CHEMIN.format(bac=bac)}/{une['service']}/{une['sens']}/{quote(une['id'])}"
    phrase, erreurs = lire_cause(une["cause"])
    return {
        **une,
        "cause": phrase,
        "erreurs": erreurs,
        "chez": LIBELLES[Party(une["service"])],
        "libelle": f"Échéance « {une['type']} »" if enterree else NOMS.get(une["type"], une["type"]),
        "dit": SENS[une["sens"]],
        "le": datetime.fromisoformat(une["wall_time"]).astimezone(PARIS),
        "pli": pli,
        "lieu": adresse if une["bac"] != ILLISIBLES else f"{adresse}?ou=illisibles",
        "que_faire": une["que_faire"].replace(" : « fps lettres-mortes rejouer IDENTIFIANT »", ""),
    }


FAMILLE = Famille(routes)
