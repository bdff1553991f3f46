"""The acts of each party as forms: those of the bac itself, and those of a dossier, which its state may take."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fps.droit.numero import NumeroFps
from fps_console.commandes.explique import shown
from fps_console.mots import recit
from fps_console.mots.champs import CHAMPS
from fps_console.mots.saisie import question, valeur
from fps_console.web.actes import NOMS, Contrats, du_bac, faire, formulaire, normal, page_d_un_acte, sur_un_dossier, titre
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.champs import Formulaire
from fps_console.web.formes import Geste, Saisie
from fps_console.web.pieces import FORMULAIRE
from fps_console.web.possibles import POSSIBLES, DossierPartout, du_jour, lire, usuels
from fps_simulateur.langue.actes import ACTES, ETABLIR, Acte
from fps_simulateur.pilote import villes

NUMERO: Final = re.compile(r"[0-9]{26}")
CODES: Final = frozenset(("verdict", "source"))  # what is answered by a word of a list
FAITS: Final = 200  # acts whose answer can still be shown
DU_FORMULAIRE: Final = {"lieu.zone": "zone", "lieu.voie": "voie"}  # the field of the form for that of the message


@dataclass
class Faits:
    """What the last acts answered, by the key of their form."""

    _lus: "OrderedDict[str, tuple[str, dict[str, Any]]]" = field(default_factory=OrderedDict)

    def noter(self, cle: str, nom: str, reponse: dict[str, Any]) -> None:
        """Keep an answer; the oldest goes."""
        self._lus[cle] = (nom, reponse)
        while len(self._lus) > FAITS:
            self._lus.popitem(last=False)

    def __getitem__(self, cle: str) -> tuple[str, dict[str, Any]] | None:
        return self._lus.get(cle)


def offerts(etat: DossierPartout) -> dict[str, Any]:
    """What the page of a dossier offers: the acts that its state may take, by who does them; and the others."""
    devant: dict[str, list[tuple[str, str]]] = {}
    for nom, (qui, possible) in POSSIBLES.items():
        if possible(etat):
            devant.setdefault(qui, []).append((normal(nom), titre(ACTES[nom])))
    dits = {nom for actes in devant.values() for nom, _ in actes}
    autres = [(nom, titre(un)) for nom, un in NOMS.items() if sur_un_dossier(un) and nom not in dits]
    return {"offerts": [*devant.items()], "autres": autres}


def fait_de(cadre: Cadre, request: Request) -> str:
    """The act that has just led to this page, if any."""
    un = NOMS.get(request.query_params.get("fait", "")) if cadre.vient_d_agir(request) else None
    return "" if un is None else un.nom


def routes(cadre: Cadre) -> list[Route]:
    """The list of the acts of a bac, each of their forms, what it answered; each form of a dossier."""
    contrats, faits = Contrats(cadre), Faits()

    def acte(request: Request, *, dossier: bool) -> Acte:
        un = NOMS.get(request.path_params["acte"])
        if un is None or sur_un_dossier(un) is not dossier:
            raise HTTPException(404, "Aucun acte ne porte ce nom.")
        return un

    async def liste(request: Request) -> Response:
        actes = [(qui, normal(un.nom), titre(un), un.sens.partition(" ; ")[0].rstrip(".")) for qui, un in du_bac()]
        return await cadre.page(request, "actes/liste.html", bac=cadre.bac(request), actes=actes)

    # The acts of the bac.
    async def forme_du_bac(request: Request, un: Acte, saisie: Saisie) -> tuple[Formulaire, list[tuple[str, str]], str]:
        """Its form, the towns of the bac, and the one that is chosen."""
        bac = cadre.bac(request)
        connues = await villes.lister(cadre.pilot, bac)
        noms = sorted(((v["siret"], v["nom"]) for v in connues), key=lambda v: v[1])
        siret = saisie["siret"] or next((s for s, nom in noms if nom.endswith("Lille")), noms[0][0] if noms else "")
        ville = next((v for v in connues if v["siret"] == siret), None)
        zones = [] if ville is None else [*ville["zones"]]
        mots: dict[str, Any] = {"siret": siret, "siret_ville": siret, "zone_ville": zones[0] if zones else None}
        instant = datetime.fromisoformat((await cadre.pilot.etat(bac))["instant"])
        forme = await formulaire(contrats, un, mots, du_jour(un.nom, instant))
        sans_siret = Formulaire(tuple(c for c in forme.champs if c.nom != "siret"))
        vide = [("", "— selon la voie")] if un.nom in (ETABLIR, "contrôler") else []
        return sans_siret.avec({"zone": [*vide, *((z, z) for z in zones)]} if zones else {}), noms, siret

    async def voir(request: Request, saisie: Saisie) -> Response:
        un = acte(request, dossier=False)
        forme, noms, siret = await forme_du_bac(request, un, saisie)
        demande = "siret" in un.defauts or "siret_ville" in un.places
        retour = (f"/bacs/{cadre.bac(request)}/actes", "Agir dans ce bac")
        return await page_d_un_acte(
            cadre, request, un, forme, saisie, retour, villes=noms if demande else [], ville=siret if demande else ""
        )

    async def agir(geste: Geste) -> str:
        request, bac = geste.request, cadre.bac(geste.request)
        un = acte(request, dossier=False)
        forme, _, siret = await forme_du_bac(request, un, geste.saisie)
        if "siret" in un.defauts:
            forme = Formulaire((*Formulaire.de({"properties": {"siret": {"type": "string"}}}, {}, {}).champs, *forme.champs))
        reponse = await faire(cadre, bac, un, forme, {"siret_ville": siret}, geste)
        if un.etablit:
            return f"/bacs/{bac}/dossiers/{reponse['numero']}"
        faits.noter(geste.cle, un.nom, reponse)
        return f"/bacs/{bac}/actes/{normal(un.nom)}/faits/{geste.cle}"

    async def fait(request: Request) -> Response:
        bac, found = cadre.bac(request), faits[request.path_params["cle"]]
        if found is None:
            return RedirectResponse(f"/bacs/{bac}/actes", 303)
        un, reponse = ACTES[found[0]], found[1]
        suite = ""
        if reponse.get("verdict") == "a-constater":
            requete = {"controle": reponse["numero"], "vehicule.immatriculation": reponse["immatriculation"]}
            suite = f"/bacs/{bac}/actes/{normal('constater après un contrôle')}?{urlencode(requete)}"
        return await cadre.page(request, "actes/fait.html", bac=bac, titre=titre(un), acte=normal(un.nom), faits=dits(reponse), suite=suite)

    # The acts of a dossier.
    async def forme_du_dossier(request: Request, un: Acte) -> tuple[Formulaire, Mapping[str, Any]]:
        numero = request.path_params["numero"]
        if not NUMERO.fullmatch(numero):
            raise HTTPException(404, f"Aucun dossier ne porte le numéro {numero[:40]}.")
        etat = await lire(cadre.lecture, cadre.bac(request), numero, etat=await cadre.etat(request, cadre.bac(request)))
        if not etat.ville and not etat.antai:
            raise HTTPException(404, f"Aucun dossier ne porte le numéro {numero[:40]}.")
        return await formulaire(contrats, un, etat.mots, usuels(un.nom, etat)), etat.mots

    async def voir_dossier(request: Request, saisie: Saisie) -> Response:
        un, numero = acte(request, dossier=True), request.path_params["numero"]
        forme, _ = await forme_du_dossier(request, un)
        retour = (f"/bacs/{cadre.bac(request)}/dossiers/{numero}", f"Dossier {NumeroFps.lire(numero).affichage}")
        return await page_d_un_acte(cadre, request, un, forme, saisie, retour)

    async def agir_dossier(geste: Geste) -> str:
        request, bac = geste.request, cadre.bac(geste.request)
        un, numero = acte(request, dossier=True), request.path_params["numero"]
        forme, mots = await forme_du_dossier(request, un)
        await faire(cadre, bac, un, forme, mots, geste)
        return f"/bacs/{bac}/dossiers/{numero}?fait={normal(un.nom)}#agir"

    un_dossier = "/bacs/{bac}/dossiers/{numero}/actes/{acte}"
    return [
        Route("/bacs/{bac}/actes", liste, name="actes"),
        Route("/bacs/{bac}/actes/{acte}/faits/{cle}", fait, name="acte-fait"),
        *cadre.formes.routes("/bacs/{bac}/actes/{acte}", "acte", voir, agir, champs=DU_FORMULAIRE, limite=FORMULAIRE),
        *cadre.formes.routes(un_dossier, "acte-dossier", voir_dossier, agir_dossier, champs=DU_FORMULAIRE, limite=FORMULAIRE),
    ]


def dits(reponse: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an act answered, in words: its plain values."""
    return [
        (CHAMPS.get(nom) or question(nom), recit.etat(v) if nom == "etat" else valeur(v) if nom in CODES else shown(nom, v))
        for nom, v in reponse.items()
        if v not in (None, "") and not isinstance(v, dict | list)
    ]


FAMILLE = Famille(routes, {"Agir": "/bacs/{bac}/actes"}, {"Établir un FPS": f"/bacs/{{bac}}/actes/{normal(ETABLIR)}"})
