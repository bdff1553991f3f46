"""The lives of the catalogue as works of the pages: played step by step in a bac that is kept, or in passing, for their picture."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fps_console.commandes.play import Jouee, Maniere, Statut, jouer_une, vue
from fps_console.mots import recit
from fps_console.web.chantiers import Chantier
from fps_console.web.formes import Refus, Refuse
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.langue.choix import Choisie, familles
from fps_simulateur.langue.modele import Etape
from fps_simulateur.langue.moments import DEPART, Moment
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

REGARD = 0.3  # seconds between two looks at the journals of a life that is watched


@cache
def catalogue() -> Mapping[str, tuple[str, Choisie]]:
    """The family and the life of each name."""
    return {une.vie.vie: (famille, une) for famille, vies in familles().items() for une in vies}


def etape_dite(etape: Etape) -> tuple[str, str]:
    """When a step comes, and what is done or looked at, in words."""
    quoi = etape.acte or (f"l'usager : {etape.usager}" if etape.usager else "on regarde ce que montre chacun")
    if etape.dossier:
        quoi = f"{quoi}, dossier « {etape.dossier} »"
    return _quand(etape.le), f"{quoi} : refusé ({etape.refus})" if etape.refus else quoi


def _quand(le: Any) -> str:
    if le is None:
        return ""
    if not isinstance(le, Moment):
        return f"{le:%d/%m/%Y}"
    base = le.base if isinstance(le.base, str) else f"{le.base:%d/%m/%Y}"
    pas = "".join(f" {'+' if n >= 0 else '−'} {abs(n)} {unite}" for n, unite in le.decalages)
    heure = "" if le.heure is None else f" à {le.heure:%H:%M}"
    return f"{'J' if base == DEPART else base.replace('-', ' ')}{pas}{heure}"


def empreinte(choisie: Choisie) -> str:
    """What tells the picture of a life that was written again since."""
    return hashlib.sha256(choisie.vie.model_dump_json().encode()).hexdigest()[:16]


def dossier(donnees: Path) -> Path:
    """Where the pictures are kept."""
    return donnees / "simulateur" / "vies"


def gardee(donnees: Path, choisie: Choisie) -> dict[str, Any] | None:
    """What became of a life when it was played for its picture; None when it was not, or was another one."""
    with suppress(OSError, ValueError, KeyError):
        found: dict[str, Any] = json.loads((dossier(donnees) / f"{choisie.vie.vie}.json").read_text("utf-8"))
        return found["vue"] if found["empreinte"] == empreinte(choisie) else None
    return None


def textes(donnees: Path) -> dict[str, list[str]]:
    """The articles that each life was seen to meet, by its name; those of the lives that were not played are not there."""
    found = {}
    for place in dossier(donnees).glob("*.articles"):
        with suppress(OSError):
            found[place.stem] = place.read_text("utf-8").splitlines()
    return found


def garder(donnees: Path, jouee: Jouee) -> None:
    """Keep what became of a life."""
    place = dossier(donnees)
    place.mkdir(parents=True, exist_ok=True)
    dite = {"empreinte": empreinte(jouee.choisie), "vue": vue(jouee)}
    (place / f"{jouee.nom}.json").write_text(json.dumps(dite, ensure_ascii=False), "utf-8")
    articles = sorted({str(line["article"]) for line in jouee.journal if line.get("article")})
    (place / f"{jouee.nom}.articles").write_text("\n".join(articles), "utf-8")


async def dessiner(chantier: Chantier, pilot: Pilot, donnees: Path, vies: Sequence[Choisie]) -> None:
    """Play lives in bacs that go at once, and keep what becomes of them. Raises PiloteErreur."""
    chantier.total = len(vies)
    for rang, choisie in enumerate(vies, 1):
        chantier.quoi = choisie.vie.titre
        bac = f"dessin-{chantier.cle}-{rang}"
        try:
            jouee = await jouer_une(Ailleurs(pilot), choisie, bac, Maniere(detail=False, dire=False))
        finally:
            with suppress(PiloteErreur):
                await pilot.supprimer(bac)
        await asyncio.to_thread(garder, donnees, jouee)
        chantier.fait = rang
        chantier.reveiller()


@dataclass(eq=False, kw_only=True)
class Jeu(Chantier):
    """A life that is played to be watched, in a bac of its own."""

    choisie: Choisie
    bac: str
    rythme: float
    etape: int = 0
    statut: Statut | None = None
    raison: str = ""

    @property
    def numeros(self) -> list[str]:
        """The dossiers of the life, in the order in which they came."""
        return list(dict.fromkeys(sujet for sujet, _ in self.lignes if len(sujet) == 26 and sujet.isdigit()))


async def jouer(jeu: Jeu, pilot: Pilot, donnees: Path) -> None:
    """Play it, step by step, telling the journals as they grow; stopped, its bac goes. Raises PiloteErreur."""
    marques: dict[Any, int] = {}

    async def regarder() -> None:
        nonlocal marques
        ici = await pilot.marques(jeu.bac)
        async for line in recit.au_fil(pilot.faits(jeu.bac, marques or dict.fromkeys(ici, 0), ici)):
            jeu.dire((str(line["sujet"]), recit.ligne(line)))
        marques = ici

    async def suivre(rang: int) -> None:
        if rang > 1:
            await regarder()
            await asyncio.sleep(jeu.rythme)
        jeu.etape, jeu.fait = rang, rang - 1
        jeu.reveiller()

    if jeu.bac in await pilot.lister():
        phrase = f"Le bac « {jeu.bac} » existe déjà."
        raise Refuse(Refus(phrase, "", "", "Donnez un autre nom, ou supprimez-le.", "bac-existe", 409, {"bac": phrase}))
    try:
        jouee = await jouer_une(Ailleurs(pilot), jeu.choisie, jeu.bac, Maniere(detail=False, dire=False), suivre)
        await regarder()
    except asyncio.CancelledError:
        with suppress(PiloteErreur):
            await asyncio.shield(pilot.supprimer(jeu.bac))
        raise
    jeu.statut, jeu.raison, jeu.fait = jouee.statut, jouee.raison, jeu.total
    await asyncio.to_thread(garder, donnees, jouee)
