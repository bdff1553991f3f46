"""What is drawn next: a day that counts or something to do, what was already tried in the same situation less than the rest."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final, TypeVar

from fps.droit.calendar import ajouter_jours
from fps_certification.exploration.gestes import GESTES, Avis
from fps_certification.exploration.partie import CRENEAUX, PLAQUES, Coup, Partie
from fps_certification.exploration.suivi import PLUS_RIEN, QUELQUES_JOURS, Suivi
from fps_simulateur.population.tirages import Tirages, Urne

LONGUEUR: Final = (6, 16)  # steps of a sequence, days included
DOSSIERS: Final = 3
ATTENDRE: Final = (0.75, 0.25)  # how often a day comes rather than an act: before the first one, after it
POIDS: Final = {Avis.OUI: 1.0, Avis.NON: 0.4, Avis.LIBRE: 0.15}
FINISSENT: Final = frozenset({"annuler", "abandonner", "acceptation-totale"})  # drawn half as often: little comes afterwards
# What is done on the days that count for it, three times as often there as the rest.
DU_JOUR: Final = {
    "29-fevrier": frozenset({"rapo", "payer"}),
    "minoration": frozenset({"payer"}),
    "rapo": frozenset({"rapo"}),
    "decision": frozenset({"decider"}),
    "paiement": frozenset({"payer", "annuler", "baisser"}),
    "titre": frozenset({"annuler", "baisser", "abandonner"}),
    "rabais": frozenset({"payer-titre"}),
}
# First days: an ordinary one, and those from which a month, a year, an hour ends or a leap day comes.
DEPARTS: Final = (
    date(2023, 10, 5),
    date(2023, 9, 28),
    date(2023, 10, 25),
    date(2023, 11, 23),
    date(2023, 12, 22),
    date(2024, 1, 22),
    date(2024, 1, 24),
    date(2024, 2, 5),
    date(2024, 2, 12),
    date(2024, 2, 22),
    date(2024, 3, 30),
    date(2024, 10, 26),
)
Choix = tuple[str, ...]
T = TypeVar("T")


class Tirage:
    """Draws from a seed; remembers, from one sequence to the next, what was tried where."""

    def __init__(self, graine: str):
        self.hasard = Tirages(graine)
        self._faits: Counter[Choix] = Counter()

    def depart(self) -> date:
        """The first day of a sequence."""
        return self._choisir({("depart", f"{jour}"): (1.0, jour) for jour in DEPARTS})

    def longueur(self) -> int:
        """How many steps it has at most."""
        return self.hasard.entre(*LONGUEUR)

    def suivant(self, partie: Partie) -> Coup | None:
        """The next step of a sequence; None when nothing more can be done."""
        if not partie.suivis:
            return self._etablir(partie, "A")
        vivants = [s for s in partie.suivis.values() if s.etat not in PLUS_RIEN] or list(partie.suivis.values())
        s = self.hasard.parmi(vivants)
        if len(partie.suivis) < DOSSIERS and partie.jour == partie.depart and self.hasard.vrai(0.35):
            return self._etablir(partie, "ABC"[len(partie.suivis)])
        jours = dict(s.reperes(partie.jour))
        if jours and self.hasard.vrai(ATTENDRE[partie.repere != ""]):
            return self._venir(partie, s, jours)
        gestes = dict(self._gestes(partie, s))
        return self._choisir(gestes) if gestes else None

    def _etablir(self, partie: Partie, dossier: str) -> Coup:
        deja = {s.plaque: s.constat for s in partie.suivis.values()}
        plaque = self.hasard.parmi(PLAQUES)
        creneau = "soir" if plaque in deja else self.hasard.parmi(tuple(CRENEAUX))
        return Coup(dossier=dossier, geste="etablir", variante=f"{plaque} {creneau}")

    def _venir(self, partie: Partie, s: Suivi, jours: dict[str, date]) -> Coup:
        jours |= {f"{n} jours": ajouter_jours(partie.jour, n) for n in QUELQUES_JOURS}
        choix: dict[Choix, tuple[float, tuple[str, date]]] = {("jour", s.etat, nom): (_part(nom), (nom, le)) for nom, le in jours.items()}
        partie.repere, le = self._choisir(choix)
        return Coup(le=le)

    def _gestes(self, partie: Partie, s: Suivi) -> Iterator[tuple[Choix, tuple[float, Coup]]]:
        marque = s.marque(partie.repere)
        for geste in GESTES:
            if geste.nom in partie.refusees:
                continue
            for variante in geste.variantes:
                if geste.possible(s, partie.jour, variante):
                    avis = Avis.OUI if geste.juger is None else geste.juger(s, partie.jour, variante).avis
                    part = POIDS[avis] / len(geste.variantes) ** 0.5
                    part *= 0.5 if geste.nom in FINISSENT or variante in FINISSENT else 1.0
                    part *= 3.0 if geste.nom in DU_JOUR.get(partie.repere.rpartition(":")[0], ()) else 1.0
                    yield (*marque, geste.nom, variante), (part, Coup(dossier=s.nom, geste=geste.nom, variante=variante))

    def _choisir(self, choix: dict[Choix, tuple[float, T]]) -> T:
        """One of them, the less likely the more often it was drawn."""
        urne = Urne({nom: poids / (1 + self._faits[nom]) for nom, (poids, _) in choix.items()})
        nom = urne.tirer(self.hasard)
        self._faits[nom] += 1
        return choix[nom][1]


def _part(jour: str) -> float:
    """How likely a day is: one that only the calendar makes special is rare, one of no name is little worth."""
    return 0.3 if jour.endswith(" jours") else 3.0 if jour.startswith("29-fevrier") else 1.0
