"""The letters of the court: mentions in order, the name of the court by date, SPÉCIMEN, same bytes."""

from datetime import date
from importlib.resources import files
from typing import get_args

import pytest

from ccsp.app import DEFINITION
from ccsp.domain.lettres import juridiction
from fps.droit.money import euros
from fps.kit.print.impression import render
from fps.messages.message import Message
from fps.messages.recours_collectivite import CommunicationRequete
from fps.messages.recours_usager import AccuseDepotRequete, DecisionRequerant, DemandeRegularisation, Sens
from tests.kit.test_letters import PHRASE, flat, jour, missing_in_order, numero, pages_of

LE = date(2027, 2, 8)
NUMERO = numero("21590350100017261163072245")
MENTIONS: dict[type[Message], list[str]] = {
    AccuseDepotRequete: [
        "Tribunal du stationnement payant",
        "Accusé de dépôt",
        "26004217",
        NUMERO,
        "5 novembre 2026 à 21 h 14",
        "portail",
        "1",
    ],
    CommunicationRequete: [
        "Communication d'une requête",
        "26004217",
        NUMERO,
        "Camille Spécimen",
        "1er janvier 2027",
        "Conclusions",
        "cédé",
    ],
    DemandeRegularisation: [
        "Camille Spécimen",
        "Demande de régularisation",
        "26004217",
        NUMERO,
        "illisible",
        "un mois",
        "réputé avoir renoncé",
        "pas notifiée",
    ],
    DecisionRequerant: [
        "Tribunal du stationnement payant",
        "Camille Spécimen",
        "7 allée des Inventés",
        "Au nom du peuple français",
        "Ordonnance du 8 février 2027",
        "26004217",
        NUMERO,
        "Camille Spécimen",
        "Ville de Lille",
        "décharge totale",
        "Motifs",
        "n'a pas contesté",
        "Dispositif",
        "est déchargé",
        euros(3000),
        euros(5000),
        jour(LE),
        "3 mois à compter de sa notification",
        "Cassation devant le Conseil d'État, dans le délai de 2 mois",
        "La République mande et ordonne",
        "pourvoir à l'exécution",
    ],
}


SENS: dict[Sens, str] = {
    "decharge-totale": "décharge totale",
    "decharge-partielle": "décharge partielle",
    "rejet": "rejet de la requête",
    "desistement": "désistement",
    "non-lieu": "non-lieu à statuer",
    "incompetence": "incompétence",
}


def texte(cls: type[Message]) -> list[str]:
    return pages_of(render(DEFINITION.documents[cls], cls.exemplaire().model_dump(), le=LE))


@pytest.mark.parametrize("cls", list(MENTIONS), ids=lambda c: c.__name__)
def test_a_letter_of_the_court_has_every_mention_in_order(cls: type[Message]) -> None:
    assert missing_in_order(flat(" ".join(texte(cls))), MENTIONS[cls]) == []
    assert all(page.count(flat(PHRASE)) == 3 for page in texte(cls))


@pytest.mark.parametrize("sens", get_args(Sens))
def test_a_decision_says_its_outcome_in_french_and_an_execution_only_of_a_discharge(sens: Sens) -> None:
    decharge = sens.startswith("decharge")
    champs = {
        "sens": sens,
        "fps_decharge": 3000 if decharge else 0,
        "majoration_dechargee": 0,
        "delai_execution_mois": 3 if decharge else None,
    }
    page = " ".join(pages_of(render(DEFINITION.documents[DecisionRequerant], DecisionRequerant.exemplaire().model_dump() | champs, le=LE)))
    assert ("Délai d’exécution" in page or "Délai d'exécution" in page) == decharge
    assert SENS[sens] in flat(page) and "mande et ordonne" in page


def test_every_template_of_the_court_is_rendered_here_and_gives_the_same_bytes() -> None:
    served = {file.name for file in (files("ccsp") / "documents").iterdir() if file.name.endswith(".typ")}
    assert served == {DEFINITION.documents[cls].name for cls in MENTIONS}
    for cls in MENTIONS:
        content = cls.exemplaire().model_dump()
        assert render(DEFINITION.documents[cls], content, le=LE) == render(DEFINITION.documents[cls], content, le=LE)


@pytest.mark.parametrize(("le", "nom"), [(date(2024, 12, 31), "Commission du contentieux"), (date(2025, 1, 1), "Tribunal")])
def test_the_court_has_the_name_of_the_day(le: date, nom: str) -> None:
    assert juridiction(le).nom.startswith(nom)
