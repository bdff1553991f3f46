"""How a date or an amount was found: the rules, articles, dated values and calendar steps, told by the code that computes it."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, wraps
from importlib import import_module
from typing import Any, Final, ParamSpec, TypeVar, get_type_hints

from pydantic import BaseModel, Field, JsonValue, TypeAdapter

P = ParamSpec("P")
R = TypeVar("R")
TELS: Final = (str, int, bool, type(None))


class Lu(BaseModel):
    """Une valeur datée qu'une règle a lue."""

    nom: str
    valeur: JsonValue
    le: date = Field(description="Jour dont le droit a été lu")
    depuis: date = Field(description="Entrée en vigueur de la valeur")
    reference: str
    hypothese: str | None = None


class Derivation(BaseModel):
    """Une règle appliquée : ce qui y entre, ce qu'elle a lu, ses étapes, ce qui en sort."""

    regle: str = Field(description="Fonction du simulateur, module compris")
    phrase: str
    article: str
    entrees: dict[str, JsonValue]
    origines: dict[str, "Derivation"] = Field(default_factory=dict, description="D'où viennent les entrées qui ont été calculées")
    lu: list[Lu] = Field(default_factory=list)
    etapes: list["Derivation"] = Field(default_factory=list)
    valeur: JsonValue = None


@dataclass
class Carnet:
    """What is being noted: the rules finished at the top, those still open, and who made which object."""

    racines: list[Derivation] = field(default_factory=list)
    ouvertes: list[Derivation] = field(default_factory=list)
    faits: dict[int, tuple[object, Derivation]] = field(default_factory=dict)

    def origine(self, valeur: object) -> Derivation | None:
        """The rule that made this very object."""
        objet, derivation = self.faits.get(id(valeur), (None, None))
        return derivation if objet is valeur and not _partage(valeur) else None


def _partage(valeur: object) -> bool:
    """Whether Python may give one object to values that have nothing to do with each other."""
    return isinstance(valeur, (str, bool, type(None))) or (isinstance(valeur, int) and -6 < valeur < 257)


_carnet: ContextVar[Carnet | None] = ContextVar("explication", default=None)


def regle(article: str, phrase: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function of the law: called inside `tracer`, it tells what it did; elsewhere it only does it."""

    def habiller(fonction: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(fonction)

        @wraps(fonction)
        def appel(*args: P.args, **kwargs: P.kwargs) -> R:
            carnet = _carnet.get()
            if carnet is None:
                return fonction(*args, **kwargs)
            donnees = signature.bind(*args, **kwargs)
            donnees.apply_defaults()
            noeud = Derivation(
                regle=f"{fonction.__module__}.{fonction.__qualname__}",
                phrase=phrase,
                article=article,
                entrees={nom: ecrire(valeur) for nom, valeur in donnees.arguments.items()},
                origines={n: o for n, v in donnees.arguments.items() if not carnet.ouvertes and (o := carnet.origine(v)) is not None},
            )
            (carnet.ouvertes[-1].etapes if carnet.ouvertes else carnet.racines).append(noeud)
            carnet.ouvertes.append(noeud)
            try:
                valeur = fonction(*args, **kwargs)
            finally:
                carnet.ouvertes.pop()
            noeud.valeur = ecrire(valeur)
            if not carnet.ouvertes:
                carnet.faits[id(valeur)] = (valeur, noeud)
            return valeur

        appel.__dict__.update(article=article, phrase=phrase)
        return appel

    return habiller


def noter(nom: str, valeur: object, le: date, depuis: date, reference: str, hypothese: str | None = None) -> None:
    """Tell that a dated value was read; nothing happens outside `tracer`."""
    carnet = _carnet.get()
    if carnet is not None and carnet.ouvertes:
        carnet.ouvertes[-1].lu.append(
            Lu(nom=nom, valeur=ecrire(valeur), le=le, depuis=depuis, reference=reference, hypothese=hypothese),
        )


@contextmanager
def tracer() -> Iterator[Carnet]:
    """Note every rule applied in this block, by this task only."""
    carnet = Carnet()
    jeton = _carnet.set(carnet)
    try:
        yield carnet
    finally:
        _carnet.reset(jeton)


def deriver(calcul: Callable[[], Any]) -> Derivation | None:
    """The tree of the last rule that `calcul` applied; None when it applied none (a fact, not a computation)."""
    with tracer() as carnet:
        calcul()
    return carnet.racines[-1] if carnet.racines else None


def ecrire(valeur: Any) -> JsonValue:
    """A value as JSON writes it."""
    if isinstance(valeur, (date, datetime, time)):
        return valeur.isoformat()
    if isinstance(valeur, Decimal):
        return str(valeur)
    if isinstance(valeur, (tuple, list)):
        return [ecrire(v) for v in valeur]
    if isinstance(valeur, Mapping):
        return {str(k): ecrire(v) for k, v in valeur.items()}
    if isinstance(valeur, TELS):
        return valeur
    raise TypeError(f"{type(valeur).__name__} : une règle ne prend et ne donne que des dates, des nombres et des mots")


def recalculer(noeud: Derivation) -> JsonValue:
    """The value again, from what the tree alone says: its rule and its inputs."""
    module, _, nom = noeud.regle.rpartition(".")
    fonction = getattr(import_module(module), nom)
    lecteurs = _lecteurs(fonction)
    return ecrire(fonction(**{n: lecteurs[n].validate_python(v) for n, v in noeud.entrees.items()}))


@cache
def _lecteurs(fonction: Callable[..., Any]) -> dict[str, TypeAdapter[Any]]:
    """What reads each input of a rule back from JSON: made once a rule, it costs more than the rule."""
    return {n: TypeAdapter(t) for n, t in get_type_hints(fonction).items() if n != "return"}


def ecarts(noeud: Derivation) -> list[str]:
    """Every place of a tree whose value is not what its rule gives again; empty when the tree holds."""
    trouves = [] if recalculer(noeud) == noeud.valeur else [f"{noeud.regle}({noeud.entrees}) ≠ {noeud.valeur}"]
    trouves += [f"{nom} : {o.valeur} ≠ {noeud.entrees[nom]}" for nom, o in noeud.origines.items() if o.valeur != noeud.entrees[nom]]
    for dessous in (*noeud.origines.values(), *noeud.etapes):
        trouves += ecarts(dessous)
    return trouves
