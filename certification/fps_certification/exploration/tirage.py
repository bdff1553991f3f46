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
POIDS: Final = {Avis.OUI: 1.0, Avis.NON: 0.3, Avis.LIBRE: 0.15}
# First days: an ordinary one, and those from which a month, a year, an hour ends or a leap day comes.
DEPARTS: Final = (
    date(2023, 10, 5),
    date(2023, 9, 28),
    date(2023, 10, 25),
    date(2023, 11, 23),
    date(2023, 12, 22),
    date(2024, 1, 22),
    date(2024, 1, 24),
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
        if jours and self.hasard.vrai(0.5 if partie.repere == "" else 0.25):
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
        choix: dict[Choix, tuple[float, tuple[str, date]]] = {
            ("jour", s.etat, nom): (0.3 if nom.endswith(" jours") else 1.0, (nom, le)) for nom, le in jours.items()
        }
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
                    yield (*marque, geste.nom, variante), (part, Coup(dossier=s.nom, geste=geste.nom, variante=variante))

    def _choisir(self, choix: dict[Choix, tuple[float, T]]) -> T:
        """One of them, the less likely the more often it was drawn."""
        urne = Urne({nom: poids / (1 + self._faits[nom]) for nom, (poids, _) in choix.items()})
        nom = urne.tirer(self.hasard)
        self._faits[nom] += 1
        return choix[nom][1]
