"""The configuration of a town, field by field: the form writes the file that a person could have written, and gives it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from markupsafe import Markup, escape
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from fps.kit.ground.clock import PARIS
from fps.messages.erreurs import phrases_de
from fps_console.mots.ville import MOTS, UNE
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.champs import Illisible
from fps_console.web.formes import REFAIRE, TAILLE, Geste, Refus, Refuse, Saisie
from fps_console.web.imbrique import Imbrique, Lu, Noeud
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import PiloteErreur

DEVANT: Final = ("siret", "nom", "type", "population", "cycle", "mode_notification", "depuis", "autorite", "adresse", "contact")
DEVANT_AUSSI: Final = ("contact_rapo", "minoration", "horaires", "zones", "abonnements")
LIMITE: Final = 4 * TAILLE
CORRIGER: Final = "Corrigez chaque champ signalé ; rien n'a été donné au bac."


@lru_cache
def formulaire_de_ville() -> Imbrique:
    """The form of the file of a town, made once."""
    from fps_simulateur.langue.villes import FichierVille

    schema = FichierVille.model_json_schema()
    parts = schema.pop("$defs")
    return Imbrique(schema, parts, MOTS)


def ville_saisie(saisie: Saisie) -> tuple[str, dict[str, Any], Lu]:
    """The file that was typed, the town that it describes as the services take it, and its fields. Raises Refuse with each field."""
    from fps.donnees import ecrire_yaml, lire_yaml
    from fps_simulateur.langue.villes import FichierVille

    forme = formulaire_de_ville()
    try:
        document, lu = forme.lire(saisie)
    except Illisible as error:
        raise Refuse(_refus(error.champs)) from None
    texte = ecrire_yaml(document)
    try:
        return texte, FichierVille.model_validate(lire_yaml(texte)).donnee(), lu
    except ValidationError as error:
        raise Refuse(_refus(_situees(error, lu, forme, saisie))) from None


def _refus(champs: Mapping[str, str]) -> Refus:
    titre = "Une réponse ne convient pas" if len(champs) == 1 else f"{len(champs)} réponses ne conviennent pas"
    return Refus(titre, " ".join(dict.fromkeys(champs.values())), "", CORRIGER, "ville-illisible", 422, champs)


def _situees(error: ValidationError, lu: Lu, forme: Imbrique, saisie: Saisie) -> dict[str, str]:
    """What is wrong, by field; a list of which every element is wrong is not empty, a default that waits for another field is not wrong."""
    brutes = [une for une in error.errors(include_url=False) if une["type"] != "default_factory_not_called"]
    brutes = [
        une
        for une in brutes
        if une["type"] != "too_short" or not any(o["loc"][: len(une["loc"])] == une["loc"] and o is not une for o in brutes)
    ]
    libelles = {noeud.nom: noeud.champ.libelle for noeud in forme.tous(saisie)}
    found: dict[str, str] = {}
    for une in phrases_de(brutes):
        nom = lu.champ(une["champ"])
        found.setdefault(nom, une["phrase"].replace(f"« {une['champ']} »", f"« {libelles.get(nom, 'ville')} »"))
    return found


def rempli(noeud: Noeud, saisie: Saisie) -> bool:
    """Whether something stands, or is wrong, in a part of the form."""
    return any(saisie[un.nom].strip() or saisie.erreur(un.nom) for un in noeud.champs())


def routes(cadre: Cadre) -> list[Any]:
    """The form of a new town, and that of a town of the bac."""

    async def document(bac: str, siret: str | None) -> dict[str, Any]:
        """What the form shows at first; raises PiloteErreur."""
        from fps.donnees import lire_yaml
        from fps.villes.defaut import MODELE

        if siret is None:
            found: dict[str, Any] = lire_yaml(MODELE)
            return found
        connue = (await villes.montrer(cadre.pilot, bac, siret))[-1]
        suivant = date.fromisoformat(connue["depuis"]) + timedelta(days=1)
        jour = datetime.fromisoformat((await cadre.pilot.etat(bac))["instant"]).astimezone(PARIS).date()
        return {"depuis": max(jour, suivant).isoformat(), **connue["commune"]}

    async def voir(request: Request, saisie: Saisie) -> Response:
        bac, siret, forme = cadre.bac(request), cadre.siret(request) if "siret" in request.path_params else None, formulaire_de_ville()
        if not saisie["cle"]:  # nobody has sent it: what is kept, shown as if it had been typed
            saisie = forme.valeurs(await document(bac, siret))
            saisie = replace(saisie, valeurs={**saisie.valeurs, "cle": "gardee"})
        texte = ""
        if saisie[REFAIRE] == "fichier":
            try:
                texte = ville_saisie(saisie)[0]
            except Refuse as error:
                saisie = replace(saisie, refus=error.refus)
        arbre = forme.arbre(saisie)
        devant = [n for nom in (*DEVANT, *DEVANT_AUSSI) for n in arbre if n.nom == nom]
        return await cadre.page(
            request,
            "villes/formulaire.html",
            200 if saisie.refus is None else saisie.refus.statut,
            bac=bac,
            siret=siret,
            saisie=saisie,
            devant=devant,
            plies=[n for n in arbre if n not in devant],
            fautes=tuple(saisie.refus.champs) if saisie.refus else (),
            texte=Markup(escape(texte)),  # noqa: S704 (escaped here: the apostrophes of a file stay as they are)
            action=request.url.path,
            une=UNE,
            rempli=rempli,
        )

    async def donner(geste: Geste) -> str:
        bac, siret = cadre.bac(geste.request), geste.request.path_params.get("siret")
        _, donnee, lu = ville_saisie(geste.saisie)
        donne = donnee["commune"]["siret"]
        if siret is not None and donne != siret:
            phrase = f"Le formulaire dit {donne}, cette page est celle de {siret}."
            raise Refuse(_refus({"siret": phrase}))
        try:
            await villes.ajouter(cadre.pilot, bac, [donnee])
        except PiloteErreur as error:
            erreurs = error.problem.get("erreurs") or ()
            champs = {lu.champ(str(e.get("champ", "")).rpartition("commune.")[2]): str(e.get("phrase", "")) for e in erreurs}
            if not champs:
                raise
            raise Refuse(_refus(champs)) from None
        return f"/bacs/{bac}/villes/{donne}"

    forme = formulaire_de_ville
    return [
        *cadre.formes.routes(
            "/bacs/{bac}/villes/formulaire",
            "ville-formulaire-neuve",
            voir,
            donner,
            limite=LIMITE,
            refaire=lambda s: forme().rang(s, s[REFAIRE]),
        ),
        *cadre.formes.routes(
            "/bacs/{bac}/villes/{siret}/formulaire",
            "ville-formulaire",
            voir,
            donner,
            champs={"siret": "depuis"},  # the town exists: its next configuration has another first day
            limite=LIMITE,
            refaire=lambda s: forme().rang(s, s[REFAIRE]),
        ),
    ]


FAMILLE = Famille(routes)
