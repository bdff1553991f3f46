"""A dossier that is explored: what the services show of it, and what the acts that were accepted have made of it; its days that count."""

from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from fps.droit import droit
from fps.droit.calculs import (
    date_envoi_apa,
    date_limite_decision_rapo,
    date_limite_paiement,
    date_limite_rapo,
    date_notification_postale,
    emission_titre_le,
)
from fps.droit.calendar import ajouter_jours

Champs = dict[str, Any]
PLUS_RIEN: Final = frozenset({"abandonne", "annule", "titre-annule"})  # nothing more comes of it at ANTAI
QUELQUES_JOURS: Final = (1, 3, 10)


@dataclass(frozen=True, slots=True)
class Rapo:
    """A RAPO that the product has registered; `avant`: whether it came within its month."""

    depose_le: date
    avant: bool
    decide: str = ""  # the sense of the decision

    @property
    def limite(self) -> date:
        """Last day to decide (CGCT, art. R. 2333-120-13)."""
        return date_limite_decision_rapo(self.depose_le)

    def tu(self, le: date) -> bool:
        """Whether silence has rejected it that day."""
        return not self.decide and le > self.limite


@dataclass
class Suivi:
    """One FPS. Amounts in centimes; `antai` and `dgfip` are what they show, None while they know nothing of it."""

    nom: str
    plaque: str
    constat: datetime
    antai: Champs | None = None
    dgfip: Champs | None = None
    rapo: Rapo | None = None
    baisse: bool = False
    cheques: list[str] = field(default_factory=list)  # the references that the bank may still refuse
    references: int = 0
    rejets: int = 0
    rendu: int = 0  # what the product has ordered to give back
    requete: str = ""
    jugee: str = ""  # the sense of the decision of the court
    jugee_le: date | None = None
    executee: bool = False

    @property
    def etat(self) -> str:
        """The state at ANTAI, empty while it does not know it."""
        return "" if self.antai is None else str(self.antai["etat"])

    def le(self, champ: str) -> date | None:
        """A day that ANTAI shows."""
        found = None if self.antai is None else self.antai.get(champ)
        return None if found is None else date.fromisoformat(found)

    @property
    def limite_rapo(self) -> date | None:
        """Last day of the RAPO (CGCT, art. R. 2333-120-13); None before the notice."""
        notification = self.le("date_notification")
        return None if notification is None else date_limite_rapo(notification)

    @property
    def titre_le(self) -> date | None:
        """The day of the title, when nothing is paid (CGCT, art. R. 2333-120-16); None before the notice."""
        limite = self.le("date_limite_paiement")
        return None if limite is None else emission_titre_le(limite)

    def titre_imminent(self, le: date) -> bool:
        """Whether a cheque bounced when every delay was over: the title is about to be issued, and the product may believe that it is."""
        return self.etat == "impaye" and self.titre_le is not None and le >= self.titre_le

    def titre_certain(self, le: date) -> bool:
        """Whether the product knows that day that there is a title: it was told of a payment or a petition, or every delay is over.

        The longest is that of a notice that was electronic, never read, then sent by post (CGCT, art. L. 2333-87, II; hypothesis H48).
        """
        envoi, d = self.le("date_envoi"), self.dgfip
        if self.requete or (d is not None and d["part_collectivite"]) or envoi is None:
            return bool(self.requete or d is not None)
        notification = date_notification_postale(ajouter_jours(envoi, droit(envoi).eavis_papier_jours))
        return le >= emission_titre_le(date_limite_paiement(notification))

    @property
    def part_due(self) -> int:
        """What the title still brings to the collectivité, in centimes (hypothesis H17: it is served first)."""
        d = self.dgfip
        return 0 if d is None else max(d["montant_impaye"] - d["fps_annule"] - d["part_collectivite"], 0)

    def reperes(self, aujourdhui: date) -> Iterator[tuple[str, date]]:
        """The days to come where something changes, each by its name, the day before or after where that is the trap."""
        for nom, base, decalages in self._jours():
            for decalage in decalages:
                if base is not None and (jour := ajouter_jours(base, decalage)) > aujourdhui:
                    yield f"{nom}:{decalage:+d}", jour

    def _jours(self) -> Iterator[tuple[str, date | None, tuple[int, ...]]]:
        a, d = self.antai, self.dgfip
        if a is None or self.etat in PLUS_RIEN:
            return
        yield "29-fevrier", _bissextile(date.fromisoformat(a["recu_le"])), (0,)
        if a["date_envoi"] is None:
            yield "envoi", date_envoi_apa(date.fromisoformat(a["recu_le"])), (0,)
        yield "notification", self.le("date_notification"), (0,)
        yield "minoration", self.le("minoration_jusqu_au"), (0, 1)
        if self.rapo is None:
            yield "rapo", self.limite_rapo, (0, 1)
        elif not self.rapo.decide:
            yield "decision", self.rapo.limite, (0, 1)
        yield "paiement", self.le("date_limite_paiement"), (0, 1)
        yield "titre", self.titre_le, (-1, 0, 40)
        if d is not None:
            for nom, champ in (("avertissement", "date_notification"), ("rabais", "date_limite_rabais")):
                yield nom, None if d[champ] is None else date.fromisoformat(d[champ]), (0, 1)
        elif (titre := self.le("date_titre")) is not None:
            yield "avertissement", titre, (8, 14)

    def marque(self, jour: str) -> tuple[str, ...]:
        """Where it is, as the drawing sees it: what was already tried there is tried less."""
        rapo = "" if self.rapo is None else self.rapo.decide or ("depose" if self.rapo.avant else "tardif")
        requete = self.jugee or ("saisie" if self.requete else "")
        titre = "" if self.dgfip is None else str(self.dgfip["etat"])
        return (self.etat, titre, rapo, requete, "baisse" if self.baisse else "", "rejet" if self.rejets else "", jour)


def _bissextile(recu: date) -> date | None:
    """The 29 February of the year of a FPS, when there is one in the month and a half that follows: it may be within a RAPO's month."""
    if not isleap(recu.year):
        return None
    jour = date(recu.year, 2, 29)
    return jour if 0 < (jour - recu).days <= 45 else None


def montre(vue: Mapping[str, Any] | None) -> Champs:
    """What an act that is refused must leave as it was."""
    return {} if vue is None else {champ: vue[champ] for champ in ("etat", "montant")}
