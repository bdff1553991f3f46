"""Tomorrow's law must break no test of today's: one that reads the minimum of the majoration of a later year is named here, or fails."""

from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

NOM, DEMAIN = "majoration_minimum", date(2027, 1, 1)  # a year later, when the law of 2027 is known and has its own lives and cases
# Who may read it. A new figure turns red only what is about it: the second life of the demonstration, and the first pages that quote it.
NOMMES = {
    "console/test_demo.py": "the demonstration lives under the law of its day",
    "flows/test_espace_convention.py": "a convention lasts three years: the next one is of 2029",
    "scenarios/test_machine.py": "people act by chance, for as long as they like",
    "law/test_dated_law.py": "every value at every turn of the law",
    "law/test_explications.py": "every rule on any day until 2060",
    "law/test_properties.py": "every rule on any day until 2060",
}
ICI = Path(__file__).parent


class Lectures:
    """The days of tomorrow for which the running test has read it."""

    def __init__(self) -> None:
        self.jours: set[date] = set()

    def noter(self, nom: str, le: date) -> None:
        if nom == NOM and le >= DEMAIN:
            self.jours.add(le)

    def reproche(self, fichier: str) -> str | None:
        """What is wrong when a test of this file has read it; forgets it."""
        jours = sorted(self.jours)
        self.jours.clear()
        if not jours or fichier in NOMMES:
            return None
        return f"lit « {NOM} » au {jours[0]:%d/%m/%Y} : partez d'un passé établi, ou nommez {fichier} dans tests/demain.py"


LECTURES = Lectures()


def pytest_collection_finish() -> None:
    """Look at what is read of the law, in this process."""
    from fps import droit

    ordinaire = vars(droit)["noter"]

    def noter(nom: str, valeur: object, le: date, *reste: Any) -> None:
        LECTURES.noter(nom, le)
        ordinaire(nom, valeur, le, *reste)

    vars(droit)["noter"] = noter


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test that passed has read no figure of tomorrow, in itself nor in what was prepared for it."""
    try:
        yield
    finally:
        faute = LECTURES.reproche(item.path.relative_to(ICI).as_posix())
    if faute is not None:
        pytest.fail(faute)
