"""What runs exercised, read in the journals of their bacs; several are one when they are added, whoever played them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fps.flows import MESSAGES, by_type
from fps.messages.message import MessageClass
from fps.parties import SERVICES, Party
from fps_simulateur.couverture.univers import Genre, Univers, articles
from fps_simulateur.langue.modele import reponses
from fps_simulateur.pilote.pilot import Pilot

ECRITE: Final = "envoi"  # a line of who writes a letter to a service, before that of who receives it
LETTRES: Final = (ECRITE, "courrier", "reception")
REFUSES: Final = "refus:"  # in the counts of a bac: what it refused to who asked
IRRECEVABLES: Final = "motifs"  # in the journal of a petition: the codes of what makes it inadmissible


class ParcoursIllisible(ValueError):
    """What should tell what runs exercised does not."""


@dataclass
class Parcours:
    """How many times each thing was seen, and by which runs."""

    joue: list[str] = field(default_factory=list)
    passages: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)  # service, machine, act, from, to
    messages: Counter[str] = field(default_factory=Counter)  # by their types
    refus: Counter[tuple[str, str]] = field(default_factory=Counter)  # service, code
    articles: Counter[str] = field(default_factory=Counter)

    def lire(self, nom: str, journal: Iterable[Mapping[str, Any]], refus: Mapping[tuple[str, str], int]) -> None:
        """Add a run: the lines of its journal, in order, and what was refused to who asked, which no journal of a dossier keeps."""
        en_route: set[str] = set()
        for line in journal:
            self.ligne(line, en_route)
        self.finir(nom, refus)

    def ligne(self, line: Mapping[str, Any], en_route: set[str]) -> None:
        """Add a line; `en_route`: the letters of that run that were written, and that no line before this one received."""
        service, donnees = line["service"], line["donnees"]
        self.passages.update((service, *passage) for passage in donnees.get("passages", ()))
        self.articles.update(articles(line["article"]))
        if line["acte"] in LETTRES:
            lettre = str(donnees.get("id"))
            if lettre not in en_route:
                self.messages[donnees["type"]] += 1
            if line["acte"] == ECRITE:
                en_route.add(lettre)
            else:
                en_route.discard(lettre)
        if line["acte"] == "refus":
            self.refus[service, donnees["code"]] += 1
        self.refus.update((service, code) for code in donnees.get(IRRECEVABLES, ()))

    def finir(self, nom: str, refus: Mapping[tuple[str, str], int]) -> None:
        """All the lines of a run were added: its name, and what was refused to who asked."""
        self.joue.append(nom)
        self.refus.update(refus)

    def ajouter(self, autre: "Parcours") -> None:
        """Add what other runs exercised."""
        self.joue += autre.joue
        for mien, sien in zip(self._comptes(), autre._comptes(), strict=True):
            mien.update(sien)

    def _comptes(self) -> tuple[Counter[Any], ...]:
        return self.passages, self.messages, self.refus, self.articles

    def fois(self, connu: Univers) -> Counter[str]:
        """How many times each point was exercised, by its key."""
        found: Counter[str] = Counter()
        for (service, machine, acte, de, vers), fois in self.passages.items():
            transition = f"{Genre.TRANSITION} {service}/{machine}/{acte}"
            found[transition] += fois
            found[depart(transition, de)] += fois
            for etat in {de, vers}:
                found[f"{Genre.ETAT} {service}/{machine}/{etat}"] += fois
        vus = Counter(self.messages)
        lus: set[MessageClass] = {cls for cls in MESSAGES if vus[cls.type]}
        vus.update({cls.type: 1 for cls in reponses(lus) if not vus[cls.type]})  # an answer has no line of its own
        cles = {(point.genre, point.service, point.nom): point.cle for point in connu.points}
        types = {point.nom: point.cle for point in connu.points if point.genre is Genre.MESSAGE}
        for type_, fois in vus.items():
            found[types[type_]] += fois
        dits = Counter(self.articles)
        par_article = {point.nom: point.cle for point in connu.points if point.genre is Genre.ARTICLE}
        for (service, code), fois in self.refus.items():
            if (cle := connu.refus_de(service, code)) is not None:
                found[cles[Genre.REFUS, *cle]] += fois
                dits.update(dict.fromkeys(articles(connu.refus[cle].article), fois))
        for article, fois in dits.items():
            if article in par_article:
                found[par_article[article]] += fois
        return found

    def vue(self) -> dict[str, Any]:
        """As JSON, in an order that does not depend on that of the runs."""
        return {
            "joue": sorted(self.joue),
            "passages": [[*cle, fois] for cle, fois in sorted(self.passages.items())],
            "messages": dict(sorted(self.messages.items())),
            "refus": [[*cle, fois] for cle, fois in sorted(self.refus.items())],
            "articles": dict(sorted(self.articles.items())),
        }

    @classmethod
    def de(cls, vue: Mapping[str, Any]) -> "Parcours":
        """From that JSON; raises ParcoursIllisible."""
        try:
            return cls(
                [str(nom) for nom in vue["joue"]],
                Counter({(str(s), str(m), str(a), str(de), str(vers)): int(n) for s, m, a, de, vers, n in vue["passages"]}),
                Counter({by_type(nom).type: int(n) for nom, n in vue["messages"].items()}),
                Counter({(str(Party(s)), str(code)): int(n) for s, code, n in vue["refus"]}),
                Counter({str(nom): int(n) for nom, n in vue["articles"].items()}),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ParcoursIllisible(f"{type(error).__name__} : {error}") from error


def depart(transition: str, etat: str) -> str:
    """The key of a transition from one of the states that it leaves."""
    return f"{transition}@{etat}"


async def du_bac(pilot: Pilot, bac: str, nom: str | None = None, observes: Iterable[tuple[str, str]] = ()) -> Parcours:
    """What was exercised in a bac of any size; `observes`: the refusals that who played saw besides. Raises PiloteErreur."""
    parcours, en_route = Parcours(), set[str]()
    async for line in pilot.faits(bac, dict.fromkeys(SERVICES, 0)):
        parcours.ligne(line, en_route)
    parcours.finir(nom or bac, await refuses(pilot, bac, observes))
    return parcours


async def refuses(pilot: Pilot, bac: str, observes: Iterable[tuple[str, str]] = ()) -> Counter[tuple[str, str]]:
    """What a bac refused to who asked, counted; what only its reading refuses is known of who saw it."""
    services = (await pilot.etat(bac))["services"]
    comptes = {
        (service, nom.removeprefix(REFUSES)): valeur
        for service, etat in services.items()
        for nom, valeur in etat["comptes"].items()
        if nom.startswith(REFUSES)
    }
    return Counter(dict.fromkeys(observes, 1) | comptes)
