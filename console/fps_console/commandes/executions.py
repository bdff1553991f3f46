"""The runs of the certification that are kept: their reports, by the name of the run, so that one check can be played again by its name."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Final

from pydantic import ValidationError

from fps_certification.preuves import liasse
from fps_certification.preuves.liasse import LiasseFausse
from fps_certification.rapports.rapport import Rapport
from fps_console.commandes.output import Panne
from fps_simulateur.langue.fautes import proche

GARDEES: Final = 30  # runs; the oldest are forgotten


def dossier(donnees: Path) -> Path:
    """Where they are, in the directory of data."""
    return donnees / "certification" / "executions"


def pieces(donnees: Path, execution: str) -> Path:
    """Where what the pages give of a run to be downloaded is kept, as long as its report."""
    return donnees / "certification" / "pieces" / execution


def gardees(donnees: Path) -> list[Rapport]:
    """The runs that are kept and that this version reads, the last one first."""
    found = []
    for place in _toutes(dossier(donnees)):
        with suppress(Panne):
            found.append(lire(place))
    return found


def garder(found: Rapport, donnees: Path) -> None:
    """Keep the report of a run; nobody else may read it: it holds what the product said. A disk that refuses is no failure of the run."""
    place = dossier(donnees)
    place.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place / f"{found.execution}.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(found.model_dump_json())
    for vieille in list(_toutes(place))[GARDEES:]:
        vieille.unlink(missing_ok=True)
        rmtree(pieces(donnees, vieille.stem), ignore_errors=True)


def _toutes(place: Path) -> Iterator[Path]:
    """The reports, the last one first."""
    yield from sorted(place.glob("*.json"), key=lambda f: (f.stat().st_mtime_ns, f.name), reverse=True)


def derniere(donnees: Path, plan: str | None) -> Rapport:
    """The last run of a plan that is kept, or of any; one that another version wrote is passed over. Raises Panne when there is none."""
    for place in _toutes(dossier(donnees)):
        with suppress(Panne):
            found = lire(place)
            if plan in (None, found.plan):
                return found
    quoi = "" if plan is None else f" du plan « {plan} »"
    phrase = f"Aucune exécution{quoi} n'est gardée dans {dossier(donnees)}."
    raise Panne(phrase, f"Jouez-le d'abord : fps certifier {plan or 'PLAN'}", code="execution-inconnue", statut=2)


def dernieres(donnees: Path) -> list[Rapport]:
    """The last run of each plan that is kept, the last one first. Raises Panne when there is none."""
    found: dict[str, Rapport] = {}
    for place in _toutes(dossier(donnees)):
        with suppress(Panne):
            une = lire(place)
            found.setdefault(une.plan, une)
    if not found:
        phrase = f"Aucune exécution n'est gardée dans {dossier(donnees)}."
        raise Panne(phrase, "Jouez un plan d'abord : fps certifier PLAN", code="execution-inconnue", statut=2)
    return list(found.values())


def trouver(nom: str, donnees: Path) -> Rapport:
    """The report of a run: its name, the file of its JSON report or that of its evidence. Raises Panne."""
    place = Path(nom)
    if place.is_file():
        return lire(place)
    gardee = dossier(donnees) / f"{nom}.json"
    if "/" not in nom and gardee.is_file():
        return lire(gardee)
    connues = [f.stem for f in _toutes(dossier(donnees))] if dossier(donnees).is_dir() else []
    phrase = f"« {nom} » n'est ni une exécution gardée{proche(nom, connues) or ''}, ni un rapport, ni une preuve."
    raise Panne(phrase, f"Gardées : {', '.join(connues) or 'aucune'}.", code="execution-inconnue", statut=2)


def lire(place: Path) -> Rapport:
    """The report of a file, JSON or evidence; raises Panne."""
    try:
        if place.read_bytes()[:2] == b"\x1f\x8b":
            return Rapport.model_validate(liasse.lire(place).fin["rapport"])
        return Rapport.model_validate_json(place.read_text("utf-8"))
    except (LiasseFausse, ValidationError, UnicodeDecodeError, KeyError) as error:
        dit = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        phrase = f"{place} n'est ni un rapport de « fps certifier --json », ni une preuve ({dit})."
        raise Panne(phrase, "Donnez l'un des deux, écrit par cette version.", code="rapport-illisible", statut=2) from error
