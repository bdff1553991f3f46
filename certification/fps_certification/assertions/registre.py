"""The findings: what can be judged of a product from what was seen, whoever drove it; each has a name, none proves what was not seen."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from fps.messages.message import MessageClass
from fps_certification.observation import Echange, Observation


@dataclass(frozen=True, slots=True)
class Resultat:
    """One thing that was judged: good or not, where it was seen, what was expected and what came."""

    bon: bool
    echange: Echange | None
    attendu: str
    recu: str
    juste: Mapping[str, Any] = field(
        default_factory=dict
    )  # the fields that are wrong, each with what it should be, None when nobody can say


Evaluer = Callable[[Observation], Iterable[Resultat]]


class Sens(StrEnum):
    """Which way the product is judged: what it sends, or what it does with what it receives."""

    ENVOI = "envoi"
    RECEPTION = "reception"


@dataclass(frozen=True, slots=True)
class Assertion:
    """A finding: `nom` is never given to another; `phrase` says in French what it looks at."""

    nom: str
    phrase: str
    sens: Sens
    evaluer: Evaluer


REGISTRE: Final[dict[str, Assertion]] = {}


def assertion(nom: str, phrase: str, sens: Sens = Sens.ENVOI) -> Callable[[Evaluer], Evaluer]:
    """Enter a function of judgement under a name; raises ValueError when the name is taken."""

    def enter(evaluer: Evaluer) -> Evaluer:
        entrer(Assertion(nom, phrase, sens, evaluer))
        return evaluer

    return enter


def entrer(un: Assertion) -> None:
    """Enter a finding; raises ValueError when its name is taken."""
    if un.nom in REGISTRE:
        raise ValueError(f"deux assertions s'appellent « {un.nom} »")
    REGISTRE[un.nom] = un


def jamais_refuse(prefixe: str, codes: Mapping[str, str], *classes: MessageClass) -> None:
    """One finding for each code: no message of these classes is refused by it; seen as soon as one of them was taken or refused.

    `codes`: the sentence of each.
    """
    for code, phrase in codes.items():

        def evaluer(vu: Observation, code: str = code) -> Iterator[Resultat]:
            for echange in vu.messages(*classes):
                if code in echange.codes and not echange.simule:
                    erreur = echange.erreur(code)
                    champ = erreur.get("champ") or "le message"
                    faux = {champ: None} if erreur.get("champ") else {}
                    phrase = str(erreur.get("phrase") or erreur.get("detail"))
                    yield Resultat(False, echange, f"{champ} : {erreur.get('que_faire', '')}", phrase, faux)
                elif echange.accepte:
                    yield Resultat(True, echange, "un message accepté", "accepté")

        entrer(Assertion(f"{prefixe}/{code}", phrase, Sens.ENVOI, evaluer))


def egal(echange: Echange, champ: str, attendu: Any, recu: Any, juste: Mapping[str, Any] | None = None) -> Resultat:
    """A field that must have one value; `juste`: what the fields of the message should be, when `champ` is not the name of one."""
    si_faux = juste if juste is not None else {champ: attendu} if champ in (echange.donnees or {}) else {}
    return Resultat(attendu == recu, echange, f"{champ} = {attendu}", f"{champ} = {recu}", {} if attendu == recu else si_faux)
