"""Everything that a run may exercise, read in the code of the four services: each point with the line where it is written."""

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from os.path import commonpath
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import fps
from fps.errors import Refus
from fps.flows import FLOWS
from fps.messages.message import MessageClass
from fps.parties import SERVICES
from fps.regles.machine import Machine

COMMUN: Final = "commun"  # what no service has alone
ENTRE_ARTICLES: Final = " ; "


class Genre(StrEnum):
    """What a point is."""

    ETAT = "etat"
    TRANSITION = "transition"
    MESSAGE = "message"
    REFUS = "refus"
    ARTICLE = "article"


LIBELLES: Final[Mapping[Genre, str]] = {
    Genre.ETAT: "États",
    Genre.TRANSITION: "Transitions",
    Genre.MESSAGE: "Messages",
    Genre.REFUS: "Refus",
    Genre.ARTICLE: "Articles",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a run may exercise; `groupe`: its machine, its flow, or the module of its refusal; `nom`: its own name there.

    `departs`: the states that a transition leaves; those that it never left are no hole, and are told.
    """

    genre: Genre
    service: str
    groupe: str
    nom: str
    fichier: str
    ligne: int
    departs: tuple[str, ...] = ()

    @property
    def cle(self) -> str:
        """« transition antai/fps/payer »: what a reason and a report call it."""
        return f"{self.genre} {'/'.join(part for part in (self.service, self.groupe, self.nom) if part)}"


@dataclass(frozen=True)
class Univers:
    """Every point, in the order of the kinds, the services and their tables; the machines, to draw them; the class of each refusal."""

    points: tuple[Point, ...]
    machines: Mapping[tuple[str, str], Machine[Any]]
    refus: Mapping[tuple[str, str], type[Refus]]

    def refus_de(self, service: str, code: str) -> tuple[str, str] | None:
        """The refusal that a service means by this code: its own, else the one that all share; None when nothing defines it."""
        return next((cle for cle in ((service, code), (COMMUN, code)) if cle in self.refus), None)


@cache
def univers() -> Univers:
    """All of it, read once. Raises ModuleNotFoundError where the services are not installed."""
    from fps_simulateur.pilote.world import DEFINITIONS, modules, simulated  # lives are also played where no service is installed

    lus = {party.value: modules(party.value) for party in DEFINITIONS}
    communs = modules(fps.__name__)
    sources = _Sources(module for some in (*lus.values(), communs) for module in some)
    machines: dict[tuple[str, str], Machine[Any]] = {}
    points: list[Point] = []
    for service, siens in lus.items():
        for module in siens:
            for machine, lignes in _machines(module, sources):
                machines[service, machine.nom] = machine
                points += _de_la_machine(service, machine, lignes, sources.ou(module), sources)
    refus = {(service, cls.code): cls for service, some in (*lus.items(), (COMMUN, communs)) for cls in _refus(some)}
    messages = (cls for flow in FLOWS for cls in flow.messages if simulated(cls))
    points += (Point(Genre.MESSAGE, _service(cls), f"flux-{cls.flow:02d}", cls.type, *sources.classe(cls)) for cls in messages)
    modules_des_refus = ((service, cls.__module__.partition(".")[2], cls) for (service, _), cls in refus.items())
    points += (Point(Genre.REFUS, service, module, cls.code, *sources.classe(cls)) for service, module, cls in modules_des_refus)
    points += _articles(lus, refus.values(), sources)
    rangs = {genre: rang for rang, genre in enumerate(Genre)}
    return Univers(tuple(sorted(points, key=lambda p: rangs[p.genre])), machines, refus)


class _Sources:
    """The files of the modules, with names that do not depend on where they are installed."""

    def __init__(self, lus: Iterable[ModuleType]):
        self.arbres: dict[str, ast.Module] = {}
        racines = {
            str(Path(str(m.__file__)).parents[m.__name__.count(".") + bool(m.__spec__ and m.__spec__.submodule_search_locations)])
            for m in lus
        }
        self.racine = commonpath(racines)

    def ou(self, module: ModuleType) -> str:
        """The name of its file, from what holds all the packages."""
        return Path(str(module.__file__)).relative_to(self.racine).as_posix()

    def arbre(self, fichier: str) -> ast.Module:
        """What is written in a file."""
        if fichier not in self.arbres:
            self.arbres[fichier] = ast.parse((Path(self.racine) / fichier).read_text("utf-8"))
        return self.arbres[fichier]

    def classe(self, cls: type) -> tuple[str, int]:
        """Where a class is written: the name of its file, the line of its name."""
        fichier = Path(inspect.getfile(cls)).relative_to(self.racine).as_posix()
        found = (n for n in ast.walk(self.arbre(fichier)) if isinstance(n, ast.ClassDef) and n.name == cls.__name__)
        return fichier, next(found).lineno

    def membres(self, enum: type[StrEnum]) -> tuple[str, Mapping[str, int]]:
        """Where the members of an enumeration are written: the name of their file, the line of each by its value."""
        fichier, ligne = self.classe(enum)
        (classe,) = (n for n in ast.walk(self.arbre(fichier)) if isinstance(n, ast.ClassDef) and n.lineno == ligne)
        valeurs = (n for n in classe.body if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant))
        return fichier, {str(n.value.value): n.lineno for n in valeurs if isinstance(n.value, ast.Constant)}


def _machines(module: ModuleType, sources: _Sources) -> Iterator[tuple[Machine[Any], Mapping[str, int]]]:
    """The machines that a module writes itself, with the line of each act."""
    if not any(isinstance(value, Machine) for value in vars(module).values()):
        return
    for node in sources.arbre(sources.ou(module)).body:
        if (
            isinstance(node, ast.AnnAssign | ast.Assign)
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == "Machine"
        ):
            (nom,) = (n.id for n in (node.targets if isinstance(node, ast.Assign) else [node.target]) if isinstance(n, ast.Name))
            (table,) = (arg for arg in node.value.args if isinstance(arg, ast.Dict))
            yield getattr(module, nom), {str(key.value): key.lineno for key in table.keys if isinstance(key, ast.Constant)}


def _de_la_machine(service: str, machine: Machine[Any], lignes: Mapping[str, int], fichier: str, sources: _Sources) -> Iterator[Point]:
    ou, etats = sources.membres(type(machine.depart))
    yield from (Point(Genre.ETAT, service, machine.nom, etat.value, ou, etats[etat.value]) for etat in machine.etats)
    for acte, (depuis, _) in machine.transitions.items():
        departs = tuple(de.value for de in machine.etats if de in depuis)
        yield Point(Genre.TRANSITION, service, machine.nom, acte, fichier, lignes[acte], departs)


def _refus(lus: Iterable[ModuleType]) -> Iterator[type[Refus]]:
    """The refusals that these modules define: those that others refine are a family, and never made themselves."""
    for module in lus:
        for cls in vars(module).values():
            if inspect.isclass(cls) and issubclass(cls, Refus) and cls.__module__ == module.__name__ and not cls.__subclasses__():
                yield cls


def _articles(lus: Mapping[str, Iterable[ModuleType]], refus: Iterable[type[Refus]], sources: _Sources) -> Iterator[Point]:
    """Each article that a line of a journal may cite, where it is first cited: by a message, an act of a service, a refusal."""
    cites: dict[str, tuple[str, str, int]] = {}
    for flow in FLOWS:
        for cls in flow.messages:
            _citer(cites, cls.law, _service(cls), *sources.classe(cls))
    for service, siens in lus.items():
        for module in siens:
            if module.__name__.split(".")[1:2] == ["actes"]:
                for ligne, texte in _dans_les_appels(module, sources):
                    _citer(cites, texte, service, sources.ou(module), ligne)
    for un in refus:
        if un.article:
            service = un.__module__.partition(".")[0]
            _citer(cites, un.article, service if service in lus else COMMUN, *sources.classe(un))
    for article, (service, fichier, ligne) in cites.items():
        yield Point(Genre.ARTICLE, service, "", article, fichier, ligne)


def _service(cls: MessageClass) -> str:
    """Whose a message is: its sender's, or who receives it from a person."""
    return (cls.sender if cls.sender in SERVICES else cls.receiver).value


def articles(texte: str) -> tuple[str, ...]:
    """Each article of what a line of a journal cites."""
    return tuple(texte.split(ENTRE_ARTICLES)) if texte else ()


def _citer(cites: dict[str, tuple[str, str, int]], texte: str, service: str, fichier: str, ligne: int) -> None:
    for article in articles(texte):
        cites.setdefault(article, (service, fichier, ligne))


def _dans_les_appels(module: ModuleType, sources: _Sources) -> Iterator[tuple[int, str]]:
    """The texts that the calls of a module give by the name of a constant, as an article always is."""
    for node in ast.walk(sources.arbre(sources.ou(module))):
        if isinstance(node, ast.Call):
            for arg in (*node.args, *(k.value for k in node.keywords)):
                valeur = vars(module).get(arg.id) if isinstance(arg, ast.Name) else None
                if type(valeur) is str and " " in valeur and not valeur.endswith("."):  # a sentence is no article
                    yield arg.lineno, valeur
