"""Cases of the law, written in YAML, and how a test plays them all: one test of pytest a case would cost more than the law itself."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from fps.donnees import lire_yaml

ICI = Path(__file__).parent
T = TypeVar("T")


class Cas(dict[str, Any]):
    """One case; as a text, where it is written, its situation and its article."""

    fichier = ""

    def __str__(self) -> str:
        return f"{self.fichier} : {self.get('situation')} — {self.get('article')}"


def lire(fichier: str) -> list[Cas]:
    """The cases of a file of this folder, in their order."""
    cas = [Cas(brut) for brut in lire_yaml((ICI / fichier).read_text("utf-8"))]
    for un in cas:
        un.fichier = fichier
    return cas


def chaque(cas: Sequence[T]) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """Make one test that plays them all; it tells every one that fails, by its text, and there must be some."""

    def un_seul(jouer: Callable[[T], None]) -> Callable[[], None]:
        def tous() -> None:
            assert cas, "aucun cas"
            echecs: list[BaseException] = []
            for un in cas:
                try:
                    jouer(un)
                except (Exception, pytest.fail.Exception) as echec:
                    echec.add_note(str(un))
                    echecs.append(echec)
            if echecs:
                raise BaseExceptionGroup(f"{len(echecs)} cas sur {len(cas)}", echecs)

        tous.__name__, tous.__doc__ = jouer.__name__, jouer.__doc__  # not its signature: pytest would look for a fixture « cas »
        return tous

    return un_seul
