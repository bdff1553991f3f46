"""One thing that was looked at before a plan is played: how it stands, in a sentence, and what to do."""

from dataclasses import dataclass
from enum import StrEnum

from fps_certification.sujets.sujet import Domaine


class Tenue(StrEnum):
    """How one thing stands. Only a fault keeps the plan from being played."""

    BON = "bon"
    AVERTISSEMENT = "avertissement"
    FAUTE = "faute"
    SANS_OBJET = "sans-objet"


@dataclass(frozen=True, slots=True)
class Constat:
    """`controle` names what was looked at; `domaine` whose matter it is when it is a fault: configuration or network, never the product."""

    controle: str
    tenue: Tenue
    phrase: str
    que_faire: str = ""
    domaine: Domaine | None = None


def bon(controle: str, phrase: str) -> Constat:
    """It is as it must be."""
    return Constat(controle, Tenue.BON, phrase)


def averti(controle: str, phrase: str, que_faire: str) -> Constat:
    """It will do for now."""
    return Constat(controle, Tenue.AVERTISSEMENT, phrase, que_faire)


def mauvais(controle: str, phrase: str, que_faire: str, domaine: Domaine = Domaine.CONFIGURATION) -> Constat:
    """The plan would fail by it, and say nothing of the product."""
    return Constat(controle, Tenue.FAUTE, phrase, que_faire, domaine)


def sans_objet(controle: str, phrase: str) -> Constat:
    """There is nothing to look at here."""
    return Constat(controle, Tenue.SANS_OBJET, phrase)
