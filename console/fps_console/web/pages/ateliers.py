"""The drawings of the simulator: what the lives walked, the last days of the law, a city; made by the commands, when they are asked for."""

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from fps_console.mots.recit import longue
from fps_console.web.cadre import Cadre
from fps_console.web.chantiers import Chantier, Chantiers, cle, commande
from fps_console.web.formes import Geste, Refus, Refuse, Saisie
from fps_console.web.pages.certification import donnees_de

NOM: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
FICHIER: Final = re.compile(r"[a-z0-9-]+\.(svg|png|html|json|xml)")
TYPES: Final = {"svg": "image/svg+xml", "png": "image/png", "html": "text/html", "json": "application/json", "xml": "application/xml"}
# The drawing of each workshop: its title, the sentence that says what it shows, the families that its command plays.
ATELIERS: Final = {
    "couverture": (
        "Couverture des chemins",
        "Les états, transitions, messages et refus que les vies du catalogue parcourent, et ceux que rien ne parcourt.",
    ),
    "grille": ("Grille des délais", "La veille, le jour et le lendemain de chaque délai, aux pièges du calendrier."),
}
FPS_AU_PLUS: Final = 20_000


def jours(du: str, au: str) -> str:
    """« du 2 janvier 2023 au 31 décembre 2023 »."""
    return f"du {longue(date.fromisoformat(du))} au {longue(date.fromisoformat(au))}"


def routes(cadre: Cadre, chantiers: Chantiers) -> list[Route]:
    """Three workshops, and their files."""

    def place(*noms: str) -> Path:
        return donnees_de(cadre).joinpath("simulateur", *noms)

    def lancer(genre: str, titre: str, ou: Path, arguments: Sequence[str], total: int, patron: str) -> str:
        une = Chantier(cle(), genre, titre, f"{genre} {ou.name}", "", total)
        une.adresse = f"/simulateur/travaux/{une.cle}"
        compte = re.compile(patron)

        def lire(ligne: str) -> None:
            if (trouve := compte.search(ligne)) is not None:
                une.fait = int(trouve[1]) if trouve.groups() else une.fait + 1
                une.quoi = ligne.strip()[:160]
                une.reveiller()

        async def mener(un: Chantier) -> None:
            await commande(un, arguments, lire)

        ou.mkdir(parents=True, exist_ok=True)
        chantiers.lancer(une, mener)
        return une.adresse

    async def atelier(request: Request, saisie: Saisie) -> Response:
        nom = _atelier(request)
        titre, phrase = ATELIERS[nom]
        dessin, fichiers = place(nom, "dessin.svg"), _fichiers(place(nom))
        dit = await asyncio.to_thread(_lue, place(nom, "donnees.json"))
        own: dict[str, Any] = {"dessin": dessin.is_file(), "fichiers": fichiers, "faux": (dit or {}).get("faux", []), "nom": nom}
        en_cours = chantiers.en_cours(nom)
        return await cadre.page(request, "simulateur/atelier.html", titre=titre, phrase=phrase, en_cours=en_cours, saisie=saisie, **own)

    async def faire(geste: Geste) -> str:
        nom = _atelier(geste.request)
        ou = place(nom)
        fichiers = ["--json", str(ou / "donnees.json"), "--svg", str(ou / "dessin.svg"), "--html", str(ou / "page.html")]
        if nom == "grille":
            return lancer(nom, ATELIERS[nom][0], ou, ["grille", *fichiers], 481, r"^\s+(\d+) cases sur")
        from fps_console.web.vies import catalogue

        familles = list(dict.fromkeys(famille for famille, _ in catalogue().values()))
        arguments = ["coverage", *familles, *fichiers, "--cobertura", str(ou / "cobertura.xml")]
        return lancer(nom, ATELIERS[nom][0], ou, arguments, len(catalogue()), r"^  (?:ok    |FAUX  )")

    async def villes(request: Request, saisie: Saisie) -> Response:
        from fps.villes.catalogue import par_nom

        faites = []
        for dossier in sorted(place("villes").glob("*"), reverse=True):
            if (dit := await asyncio.to_thread(_lue, dossier / "bilan.json")) is not None:
                faites.append((dossier.name, dit))
        noms = [(nom, une.nom) for nom, une in par_nom().items()]
        return await cadre.page(
            request,
            "simulateur/villes.html",
            saisie=saisie,
            villes=noms,
            faites=faites,
            en_cours=chantiers.en_cours("ville"),
            au_plus=FPS_AU_PLUS,
            jours=jours,
        )

    async def peupler(geste: Geste) -> str:
        from fps.villes.catalogue import par_nom
        from fps.villes.lecture import REFORME

        geste.exiger(ville="quelle ville", du="quel premier jour", au="quel dernier jour", fps="combien de FPS")
        fautes, dits = {}, dict[str, date]()
        if geste["ville"] not in par_nom():
            fautes["ville"] = "Choisissez une ville livrée."
        for nom in ("du", "au"):
            with suppress(ValueError):
                dits[nom] = date.fromisoformat(geste[nom])
                continue
            fautes[nom] = "Une date est attendue."
        if (premier := dits.get("du", REFORME)) < REFORME:
            fautes["du"] = f"Le {longue(REFORME)} au plus tôt : avant, il n'y a pas de FPS."
        elif dits.get("au", premier) < premier:
            fautes["au"] = "Le dernier jour ne précède pas le premier."
        if not (re.fullmatch(r"[0-9]{1,9}", geste["fps"]) and 1 <= int(geste["fps"]) <= FPS_AU_PLUS):
            fautes["fps"] = f"De 1 à {FPS_AU_PLUS}."
        if not re.fullmatch(r"[a-z0-9-]{1,20}", geste["graine"] or "42"):
            fautes["graine"] = "Des lettres minuscules, des chiffres et des tirets, 20 au plus."
        if fautes:
            raise Refuse(Refus("Cette ville ne peut pas être jouée", "", "", "Corrigez chaque champ signalé.", "ville", 422, fautes))
        ville, du, au, fps, graine = (geste[nom] or "42" for nom in ("ville", "du", "au", "fps", "graine"))
        ou = place("villes", f"{ville}-{du}-{au}-{fps}-{graine}")
        arguments = ["city", "--ville", ville, "--from", du, "--to", au, "--fps", fps, "--seed", graine, "--sortie", str(ou), "--memory"]
        return lancer("ville", f"{par_nom()[ville].nom}, {jours(du, au)}", ou, arguments, int(fps), r": (\d+) FPS sur")

    async def ville(request: Request) -> Response:
        nom = request.path_params["nom"]
        dossier = place("villes", nom) if NOM.fullmatch(nom) else None
        dit = None if dossier is None else await asyncio.to_thread(_lue, dossier / "bilan.json")
        if dit is None or dossier is None:
            raise HTTPException(404, "Aucune ville jouée ne porte ce nom.")
        from fps_console.commandes.city import ecart
        from fps_console.commandes.city_dessins import DESSINS

        figures = [(nom_, titre) for nom_, (titre, _) in DESSINS.items() if (dossier / f"{nom_}.svg").is_file()]
        return await cadre.page(
            request, "simulateur/ville.html", nom=nom, dit=dit, figures=figures, ecart=ecart, fichiers=_fichiers(dossier)
        )

    async def fichier(request: Request) -> Response:
        parts = [request.path_params[un] for un in ("lieu", "nom") if un in request.path_params]
        quoi = request.path_params["fichier"]
        if not all(NOM.fullmatch(un) for un in parts) or not FICHIER.fullmatch(quoi) or not (found := place(*parts, quoi)).is_file():
            raise HTTPException(404, "Ce fichier n'est pas gardé.")
        genre = quoi.rpartition(".")[2]
        maniere = "inline" if genre in ("svg", "png") else "attachment"
        return FileResponse(found, media_type=TYPES[genre], filename=f"{parts[-1]}-{quoi}", content_disposition_type=maniere)

    return [
        *cadre.formes.routes("/simulateur/ateliers/{atelier}", "atelier", atelier, faire),
        *cadre.formes.routes("/simulateur/villes", "villes-jouees", villes, peupler),
        Route("/simulateur/villes/{nom}", ville, name="ville-jouee"),
        Route("/simulateur/fichiers/{lieu}/{fichier}", fichier, name="dessin"),
        Route("/simulateur/fichiers/{lieu}/{nom}/{fichier}", fichier, name="dessin-de-ville"),
    ]


def _atelier(request: Request) -> str:
    nom = str(request.path_params["atelier"])
    if nom not in ATELIERS:
        raise HTTPException(404, "Cet atelier n'existe pas.")
    return nom


def _lue(place: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        found = json.loads(place.read_text("utf-8"))
        return found if isinstance(found, dict) else None
    return None


def _fichiers(dossier: Path) -> list[tuple[str, int]]:
    """What may be downloaded, with its bytes."""
    return [(f.name, f.stat().st_size) for f in sorted(dossier.glob("*")) if FICHIER.fullmatch(f.name)]
