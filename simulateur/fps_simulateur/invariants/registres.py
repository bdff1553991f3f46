"""The statements of some dossiers read once: the letters, the acts of the journals, the entries; and what a broken invariant looks like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from fps.droit.calendar import paris_date
from fps.flows import by_type
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, Party
from fps.releves import PARTIES, Acte, Changement, Dossier, Entree, Releve
from fps_simulateur.invariants.enonces import PAR_NUMERO
from fps_simulateur.invariants.memoire import Memoire

ENTREES: Final = TypeAdapter(tuple[Changement | Entree, ...])


@dataclass(frozen=True, order=True)
class Rupture:
    """One invariant broken by one act."""

    quand: str
    rang: int
    service: str
    sujet: str
    invariant: int
    acte: str
    phrase: str

    def __str__(self) -> str:
        where = f"{LIBELLES[Party(self.service)]}, {self.sujet}, rang {self.rang}, {self.quand}"
        return f"invariant {self.invariant} ({PAR_NUMERO[self.invariant].phrase}) : {self.phrase} — {self.acte}, {where}"


@dataclass(frozen=True)
class Lettre:
    """A letter as it was kept: by its receiver when it is a service, by its sender when it is for a person."""

    service: Party
    id: str
    cls: MessageClass
    sujet: str
    corps: Mapping[str, Any]
    recue: bool


@dataclass(frozen=True)
class Mouvement:
    """What an act wrote on one account: a debit is positive, in centimes."""

    party: Party
    sujet: str
    rang: int
    date: datetime
    libelle: str
    compte: str
    montant: int


def ensemble_de(party: Party, releve: Mapping[str, Any]) -> Releve[Any]:
    """What a service says of a whole bac."""
    du_bac, _ = PARTIES[party]
    found: Releve[Any] = Releve[du_bac].model_validate(releve)  # type: ignore[valid-type]
    return found


class Registres:
    """Some dossiers, as the four services state them: each of them whole, in every service that has it."""

    def __init__(self, dossiers: Mapping[Party, Sequence[Mapping[str, Any]]], memoire: Memoire):
        self.memoire = memoire
        self.dossiers: dict[Party, dict[str, Dossier[Any]]] = {}
        for party, dits in dossiers.items():
            _, du_dossier = PARTIES[party]
            lus = (Dossier[du_dossier].model_validate(d) for d in dits)  # type: ignore[valid-type]
            self.dossiers[party] = {dossier.sujet: dossier for dossier in lus}
        self.parties = tuple(self.dossiers)
        self.actes: dict[tuple[Party, str, int], Acte] = {}
        self.par_lettre: dict[tuple[Party, str], Acte] = {}
        self.dernier: dict[tuple[Party, str], Acte] = {}
        self.mouvements: list[Mouvement] = []
        for party, dossier in self.tous():
            for acte in dossier.actes:
                self._acte(party, dossier.sujet, acte)
        self.lettres = [x for party, dossier in self.tous() for x in _lettres(party, dossier)]
        self._forfaits = {sujet for sujet, d in self.dossiers[Party.COLLECTIVITE].items() if d.partie is not None}
        de_la_ville = (x for x in self.lettres if x.recue and x.cls.sender is Party.COLLECTIVITE)
        self._ailleurs = {x.sujet for x in de_la_ville if (Party.COLLECTIVITE, x.id) not in self.par_lettre}

    def tous(self) -> Iterator[tuple[Party, Dossier[Any]]]:
        """The dossiers of every service."""
        return ((party, dossier) for party, dossiers in self.dossiers.items() for dossier in dossiers.values())

    def _acte(self, party: Party, sujet: str, acte: Acte) -> None:
        self.actes[party, sujet, acte.rang] = acte
        if acte.acte != "refus":  # what was refused changed nothing
            self.dernier[party, sujet] = acte
        if acte.lettre is not None:
            self.par_lettre.setdefault((party, acte.lettre), acte)
        if acte.ecriture is not None:
            for compte, debit, credit in acte.ecriture.lignes:
                self.mouvements.append(Mouvement(party, sujet, acte.rang, acte.date, acte.ecriture.libelle, compte, debit - credit))

    def de(self, *noms: str, recue: bool | None = None) -> list[Lettre]:
        """The letters of these classes."""
        return [x for x in self.lettres if x.cls.__name__ in noms and recue in (None, x.recue)]

    def tenu_ici(self, sujet: str) -> bool:
        """Whether the reference collectivité holds a dossier alone: the letters of an editor in its place are not in its journal."""
        return sujet in self._forfaits and sujet not in self._ailleurs

    def mois(self, mouvement: Mouvement) -> str:
        """The month of an act, in Paris (AAAA-MM)."""
        return f"{paris_date(mouvement.date):%Y-%m}"

    def acte_de(self, mouvement: Mouvement) -> Acte | None:
        """The act that wrote on an account."""
        return self.actes.get((mouvement.party, mouvement.sujet, mouvement.rang))

    def rupture(self, invariant: int, party: Party, sujet: str, phrase: str, acte: Acte | None) -> Rupture:
        """A rupture at an act of the journal, or at the last act of the dossier."""
        found = acte or self.dernier.get((party, sujet))
        if found is None:
            return Rupture("", 0, party.value, sujet, invariant, "?", phrase)
        nom = found.acte if found.ecriture is None else f"écriture « {found.ecriture.libelle} »"
        return Rupture(instant(found.date), found.rang, party.value, sujet, invariant, nom, phrase)

    def par(self, invariant: int, lettre: Lettre, phrase: str) -> Rupture:
        """A rupture by a letter."""
        return self.rupture(invariant, lettre.service, lettre.sujet, phrase, self.par_lettre.get((lettre.service, lettre.id)))


def instant(date: datetime) -> str:
    """An instant as a rupture says it, in UTC: ruptures are told in its order."""
    return date.astimezone(UTC).isoformat()


def _lettres(party: Party, dossier: Dossier[Any]) -> Iterator[Lettre]:
    for x in dossier.lettres:
        if x.sort != "refusee":
            yield Lettre(party, x.id, by_type(x.type), dossier.sujet, x.corps, x.sort == "recue")
