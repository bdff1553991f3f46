"""A sequence that fails, written as a life of the simulator's language: its last step says what was expected, and fails by itself."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import yaml

from fps_simulateur.langue.modele import Etape, Vie

CHAMPS: Final = ("le", "dossier", "acte", "avec", "refus", "garder", "collectivite", "antai", "prouve")


def etapes(journal: Iterable[Etape]) -> list[Etape]:
    """The steps, a day that comes and what is done that day in one."""
    found: list[Etape] = []
    for etape in journal:
        avant = found[-1] if found else None
        if avant is not None and avant.acte is None and etape.le is None and not any(avant.attendus()):
            etape = etape.model_copy(update={"le": avant.le})
            found.pop()
        elif avant is not None and etape.le is not None and avant.acte is None and not any(avant.attendus()):
            found.pop()
        found.append(etape)
    return found


def vie(nom: str, titre: str, ville: str, depart: date, journal: Sequence[Etape]) -> Vie:
    """The life of a sequence."""
    return Vie(vie=nom, titre=titre, ville=ville, depart=depart, etapes=tuple(etapes(journal)))


def ecrire(une: Vie, graine: str, phrase: str) -> str:
    """The file: a list of one life, as `fps certifier FICHIER` and `fps play FICHIER` read it."""
    brut: dict[str, Any] = {
        "vie": une.vie,
        "titre": une.titre,
        "depart": une.depart,
        "ville": une.ville,
        "graine": f"exploration-{une.depart}",
    }
    brut["etapes"] = [_etape(etape) for etape in une.etapes]
    tete = f"# Trouvé par l'exploration, graine {graine}. {phrase}\n# SPÉCIMEN — environnement simulé.\n"
    return tete + yaml.safe_dump([brut], allow_unicode=True, sort_keys=False, width=140, default_flow_style=None)


def _etape(etape: Etape) -> dict[str, Any]:
    dit = {champ: getattr(etape, champ) for champ in CHAMPS}
    dit["prouve"] = list(etape.prouve)
    return {champ: valeur for champ, valeur in dit.items() if valeur not in (None, {}, [])}
