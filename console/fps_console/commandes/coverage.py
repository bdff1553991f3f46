"""`fps coverage`: what runs have exercised of the states, transitions, messages, refusals and articles, and what no run has."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from fps.kit.ground.settings import Settings
from fps_console.commandes.coverage_html import page
from fps_console.commandes.liaison import explain, linked
from fps_console.commandes.output import SPECIMEN, Panne, cause, grid, say, screen
from fps_console.commandes.play import Jouee, Maniere, choisies, repartir
from fps_console.mots import recit
from fps_simulateur.couverture.bilan import Bilan, dresser
from fps_simulateur.couverture.cobertura import ecrire as cobertura
from fps_simulateur.couverture.dessin import dessiner
from fps_simulateur.couverture.parcours import Parcours, ParcoursIllisible, du_bac
from fps_simulateur.couverture.univers import LIBELLES, Genre
from fps_simulateur.pilote.pilot import PiloteErreur

ECRAN: Final = Path("-")
MONTRES: Final = 20  # holes told on a terminal: the files tell them all


class StatutCouverture(IntEnum):
    """The exit status: 1, 2 and 3 are those of « fps play »."""

    SUFFISANT = 0
    ILLISIBLE = 2
    SOUS_LE_SEUIL = 4


@dataclass(frozen=True)
class SortiesDeCouverture:
    """Where the coverage is written; `-` is the screen, instead of the summary."""

    en_json: Path | None = None
    svg: Path | None = None
    xml: Path | None = None
    html: Path | None = None

    @property
    def muette(self) -> bool:
        """Whether the screen is taken by a document."""
        return ECRAN in (self.en_json, self.svg, self.xml, self.html)


def coverage(
    sources: Sequence[str],
    bacs: Sequence[str],
    sorties: SortiesDeCouverture,
    *,
    seuil: float | None,
    parallele: int,
    settings: Settings | None,
) -> int:
    """Gather what the sources and the bacs exercised, tell it and write it; gives the exit status. Raises Panne."""
    bilan, statut = _dresse(sources, bacs, sorties, parallele, settings)
    ecrire(
        (sorties.en_json, json.dumps(bilan.vue(), ensure_ascii=False, indent=1) + "\n"),
        (sorties.svg, dessiner(bilan)),
        (sorties.xml, cobertura(bilan)),
        (sorties.html, page(bilan)),
    )
    if not sorties.muette:
        _raconter(bilan, sorties, seuil)
    return statut or (StatutCouverture.SOUS_LE_SEUIL if seuil is not None and bilan.taux() < seuil else StatutCouverture.SUFFISANT)


def ecrire(*documents: tuple[Path | None, str]) -> None:
    """Write each document where it is wanted: a file, the screen, or nowhere."""
    for fichier, texte in documents:
        if fichier == ECRAN:
            say(texte.rstrip("\n"))
        elif fichier is not None:
            fichier.parent.mkdir(parents=True, exist_ok=True)
            fichier.write_text(texte, "utf-8")


def _dresse(
    sources: Sequence[str], bacs: Sequence[str], sorties: SortiesDeCouverture, parallele: int, settings: Settings | None
) -> tuple[Bilan, int]:
    tout, statut = Parcours(), 0
    fichiers = [nom for nom in sources if nom.endswith(".json")]
    vies = [nom for nom in sources if nom not in fichiers]
    for nom in fichiers:
        tout.ajouter(lu(Path(nom)))
    if settings is not None:
        tout.ajouter(asyncio.run(_des_bacs(settings, bacs)))
    if vies or not (fichiers or bacs):
        jouees = repartir(list(enumerate(choisies(vies), 1)), Maniere(detail=False, dire=bool(vies) and not sorties.muette), parallele)
        for une in jouees:
            tout.ajouter(de_la_vie(une))
        statut = max((int(une.statut) for une in jouees), default=0)
    return dresser(tout), statut


def de_la_vie(jouee: Jouee) -> Parcours:
    """What a life that was played exercised."""
    parcours = Parcours()
    parcours.lire(jouee.nom, jouee.journal, jouee.refus)
    return parcours


def lu(fichier: Path) -> Parcours:
    """What a file tells: that of « fps coverage --json », or of « fps play --json ». Raises Panne."""
    que_faire = "Donnez ce qu'écrit « fps coverage --json FICHIER », ou « fps play --json FICHIER »."
    try:
        ecrit: Any = json.loads(fichier.read_text("utf-8"))
        if isinstance(ecrit, dict) and "parcours" in ecrit:
            return Parcours.de(ecrit["parcours"])
        parcours = Parcours()
        for vie in ecrit["vies"]:
            parcours.lire(str(vie["vie"]), vie["journal"], {(service, code): fois for service, code, fois in vie["refus"]})
    except OSError as error:
        raise Panne(
            f"{fichier} : {cause(error)}.", "Vérifiez ce chemin et ses droits.", code="fichier", statut=StatutCouverture.ILLISIBLE
        ) from error
    except (ParcoursIllisible, ValueError, KeyError, TypeError, AttributeError) as error:
        phrase = f"{fichier} ne dit pas ce que des vies ont parcouru."
        raise Panne(phrase, que_faire, code="parcours-illisible", statut=StatutCouverture.ILLISIBLE) from error
    return parcours


async def _des_bacs(settings: Settings, bacs: Sequence[str]) -> Parcours:
    """What was exercised in the bacs of a simulator that runs. Raises Panne."""
    tout = Parcours()
    async with linked(settings) as pilot:
        for bac in bacs:
            try:
                tout.ajouter(await du_bac(pilot, bac))
            except PiloteErreur as error:
                raise explain(error) from error
    return tout


def _raconter(bilan: Bilan, sorties: SortiesDeCouverture, seuil: float | None) -> None:
    joues = len(bilan.parcours.joue)
    say(f"\n{SPECIMEN}\n")
    lignes = []
    for genre in Genre:
        (atteints, tous), exclus = bilan.compte(genre), sum(vu.point.genre is genre and not vu.fois and not vu.trou for vu in bilan.vus)
        lignes.append((LIBELLES[genre], str(atteints), str(tous), _pourcent(bilan.taux(genre)), str(exclus or "")))
    atteints, tous = bilan.compte()
    lignes.append(("Ensemble", str(atteints), str(tous), _pourcent(bilan.taux()), ""))
    droite = {"justify": "right"}
    colonnes = ("", ("Parcourus", droite), ("sur", droite), ("Part", droite), ("Hors d'atteinte", droite))
    grid(f"Chemins parcourus par {joues} vie{'s' if joues > 1 else ''} ou bac{'s' if joues > 1 else ''}", colonnes, lignes, on=screen())
    trous = bilan.trous
    if trous:
        say(f"\n{len(trous)} jamais parcouru{'s' if len(trous) > 1 else ''} :")
        for vu in trous[:MONTRES]:
            say(
                f"  {recit.texte(vu.point.cle) if vu.point.genre is Genre.ARTICLE else vu.point.cle}  ({vu.point.fichier}:{vu.point.ligne})"
            )
        if len(trous) > MONTRES:
            say(f"  … et {len(trous) - MONTRES} autres : « --html » ou « --json » les disent tous.")
    for nom, fichier in (("JSON", sorties.en_json), ("Dessin", sorties.svg), ("Cobertura", sorties.xml), ("Page", sorties.html)):
        if fichier is not None:
            say(f"{nom} : {fichier}")
    if seuil is not None and bilan.taux() < seuil:
        say(f"\nSous le seuil : {_pourcent(bilan.taux())} au lieu de {_pourcent(seuil)}.")


def _pourcent(part: float) -> str:
    """« 98,3 % »; 100 only when nothing is missing."""
    return f"{int(part * 10) / 10:.1f} %".replace(".", ",")
