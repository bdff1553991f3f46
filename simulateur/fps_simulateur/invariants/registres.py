"""The four exports read once: the letters, the acts of the journals, the entries; and what a broken invariant looks like."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fps.droit.calendar import paris_date
from fps.flows import by_type
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, Party

INVARIANTS: Final[Mapping[int, str]] = {
    1: "un avis rectificatif ne déplace jamais la limite de paiement",
    2: "le titre est le reste dû plus une majoration d'au moins le minimum",
    3: "le rabais ne dépasse pas la majoration",
    4: "aucun RAPO après le titre exécutoire",
    5: "l'argent : les comptes des quatre services s'accordent, on ne rembourse pas plus que payé, la majoration va à l'État",
    6: "la collectivité n'apprend jamais le nom du redevable par la voie amiable",
    7: "chaque numéro est unique et sa clé est juste",
    8: "un certificat inactif arrête tout échange",
    9: "chaque courrier à une personne existe une fois",
    10: "un dossier dans un état final n'a plus d'échéance",
}
SANS_OBJET: Final = frozenset({8})  # no certificate is simulated yet: nothing can break it


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
        return f"invariant {self.invariant} ({INVARIANTS[self.invariant]}) : {self.phrase} — {self.acte}, {where}"


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
    time: str
    libelle: str
    compte: str
    montant: int


@dataclass
class Ecritures:
    """The rows of the ledger of one service, by the act that wrote them, as the act told them: account, debit, credit."""

    lignes: dict[tuple[str, int], list[tuple[str, list[Any]]]] = field(default_factory=dict)

    def ajouter(self, row: Mapping[str, Any]) -> None:
        """One row of the table."""
        at = row["subject"], row["rang"]
        self.lignes.setdefault(at, []).append((row["libelle"], [row["compte"], row["debit"], row["credit"]]))


class Registres:
    """The four exports, read once."""

    def __init__(self, export: Mapping[str, Any]):
        self.parties = tuple(Party(s) for s in export["services"])
        self._tables = {Party(s): x["tables"] for s, x in export["services"].items()}
        self.actes: dict[tuple[Party, str, int], dict[str, Any]] = {}
        self.par_lettre: dict[tuple[Party, str], dict[str, Any]] = {}
        self.dernier: dict[tuple[Party, str], dict[str, Any]] = {}
        self.mouvements: list[Mouvement] = []
        for party in self._tables:
            for line in self.lignes(party, "journal"):
                self._acte(party, line)
        self.lettres = [x for party in self._tables for x in self._lettres(party)]
        self._forfaits = {row["numero"] for row in self.lignes(Party.COLLECTIVITE, "forfaits")}
        de_la_ville = (x for x in self.lettres if x.recue and x.cls.sender is Party.COLLECTIVITE)
        self._ailleurs = {x.sujet for x in de_la_ville if (Party.COLLECTIVITE, x.id) not in self.par_lettre}

    def _acte(self, party: Party, line: dict[str, Any]) -> None:
        line["data"] = json.loads(line["data"])
        sujet, rang, data = line["subject"], line["rang"], line["data"]
        self.actes[party, sujet, rang] = line
        if line["acte"] != "refus":  # what was refused changed nothing
            self.dernier[party, sujet] = line
        if "id" in data:
            self.par_lettre.setdefault((party, data["id"]), line)
        if line["acte"] == "ecriture":
            for compte, debit, credit in data["lignes"]:
                self.mouvements.append(Mouvement(party, sujet, rang, line["time"], data["libelle"], compte, debit - credit))

    def lignes(self, party: Party, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, by column."""
        found = self._tables[party].get(table, {"colonnes": [], "lignes": []})
        for row in found["lignes"]:
            yield dict(zip(found["colonnes"], row, strict=True))

    def ecritures(self, party: Party) -> Ecritures:
        """The ledger of a service."""
        found = Ecritures()
        for row in sorted(self.lignes(party, "ecritures"), key=lambda row: (row["subject"], row["rang"], row["ligne"])):
            found.ajouter(row)
        return found

    def _lettres(self, party: Party) -> Iterator[Lettre]:
        for row in self.lignes(party, "inbox"):
            if row["outcome"] == "recu":
                yield Lettre(party, row["id"], by_type(row["type"]), row["subject"], json.loads(row["body"]), True)
        for row in self.lignes(party, "courriers"):
            yield Lettre(party, row["id"], by_type(row["type"]), row["subject"], json.loads(row["body"]), False)

    def de(self, *noms: str, recue: bool | None = None) -> list[Lettre]:
        """The letters of these classes."""
        return [x for x in self.lettres if x.cls.__name__ in noms and recue in (None, x.recue)]

    def tenu_ici(self, sujet: str) -> bool:
        """Whether the reference collectivité holds a dossier alone: the letters of an editor in its place are not in its journal."""
        return sujet in self._forfaits and sujet not in self._ailleurs

    def mois(self, mouvement: Mouvement) -> str:
        """The month of an act, in Paris (AAAA-MM)."""
        return f"{paris_date(datetime.fromisoformat(mouvement.time)):%Y-%m}"

    def acte_de(self, mouvement: Mouvement) -> Mapping[str, Any] | None:
        """The act that wrote on an account."""
        return self.actes.get((mouvement.party, mouvement.sujet, mouvement.rang))

    def rupture(self, invariant: int, party: Party, sujet: str, phrase: str, line: Mapping[str, Any] | None) -> Rupture:
        """A rupture at an act of the journal, or at the last act of the dossier."""
        found = line or self.dernier.get((party, sujet)) or {"time": "", "rang": 0, "acte": "?"}
        acte = f"écriture « {found['data']['libelle']} »" if found["acte"] == "ecriture" else found["acte"]
        return Rupture(found["time"], found["rang"], party.value, sujet, invariant, acte, phrase)

    def par(self, invariant: int, lettre: Lettre, phrase: str) -> Rupture:
        """A rupture by a letter."""
        return self.rupture(invariant, lettre.service, lettre.sujet, phrase, self.par_lettre.get((lettre.service, lettre.id)))
