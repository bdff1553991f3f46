"""The ten invariants of the ecosystem, checked over the four services' exports together; the first act that breaks one is named."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fps.calculs import majoration
from fps.droit import droit
from fps.flows import by_type
from fps.messages.message import MessageClass
from fps.money import euros
from fps.numero import NumeroFps, NumeroInvalide, cle
from fps.parties import LIBELLES, Party

INVARIANTS: Final[Mapping[int, str]] = {
    1: "un avis rectificatif ne déplace jamais la limite de paiement",
    2: "le titre est le reste dû plus une majoration d'au moins le minimum",
    3: "le rabais ne dépasse pas la majoration",
    4: "aucun RAPO après le titre exécutoire",
    5: "l'argent : chaque écriture est équilibrée, on ne rembourse pas plus que payé, la majoration va à l'État",
    6: "la collectivité n'apprend jamais le nom du redevable par la voie amiable",
    7: "chaque numéro est unique et sa clé est juste",
    8: "un certificat inactif arrête tout échange",
    9: "chaque courrier à une personne existe une fois",
    10: "un dossier dans un état final n'a plus d'échéance",
}
SANS_OBJET: Final = frozenset({8})  # no certificate is simulated yet: nothing can break it

# Where the state of a dossier is kept, and the states in which nothing is due (a paid one may leave its rest); a test compares.
FINAUX: Final[Mapping[tuple[Party, str], frozenset[str]]] = {
    (Party.COLLECTIVITE, "forfaits"): frozenset({"refuse", "abandonne", "paye-minore"}),
    (Party.ANTAI, "dossiers"): frozenset({"abandonne", "annule", "titre-annule", "paye", "paye-minore"}),
    (Party.DGFIP, "prises_en_charge"): frozenset({"annule", "prescrit", "paye", "paye-avec-rabais"}),
}
AMIABLES: Final = frozenset({1, 2, 5, 8, 11})


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
        who = LIBELLES[Party(self.service)]
        return f"invariant {self.invariant} ({INVARIANTS[self.invariant]}) : {self.phrase} — {self.acte}, {who}, {self.sujet}, {self.quand}"


@dataclass(frozen=True)
class Lettre:
    """A letter as it was kept: by its receiver when it is a service, by its sender when it is for a person."""

    service: Party
    id: str
    cls: MessageClass
    sujet: str
    corps: Mapping[str, Any]
    recue: bool


class Registres:
    """The four exports, read once."""

    def __init__(self, export: Mapping[str, Any]):
        self.parties = tuple(Party(s) for s in export["services"])
        self._tables = {Party(s): x["tables"] for s, x in export["services"].items()}
        self.actes: dict[tuple[Party, str, int], dict[str, Any]] = {}
        self.par_lettre: dict[tuple[Party, str], dict[str, Any]] = {}
        self.dernier: dict[tuple[Party, str], dict[str, Any]] = {}
        for party in self._tables:
            for line in self.lignes(party, "journal"):
                line["data"] = json.loads(line["data"])
                self.actes[party, line["subject"], line["rang"]] = line
                self.dernier[party, line["subject"]] = line
                if "id" in line["data"]:
                    self.par_lettre.setdefault((party, line["data"]["id"]), line)
        self.lettres = [x for party in self._tables for x in self._lettres(party)]

    def lignes(self, party: Party, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, by column."""
        found = self._tables[party].get(table, {"colonnes": [], "lignes": []})
        for row in found["lignes"]:
            yield dict(zip(found["colonnes"], row, strict=True))

    def _lettres(self, party: Party) -> Iterator[Lettre]:
        for row in self.lignes(party, "inbox"):
            if row["outcome"] == "recu":
                yield Lettre(party, row["id"], by_type(row["type"]), row["subject"], json.loads(row["body"]), True)
        for row in self.lignes(party, "courriers"):
            yield Lettre(party, row["id"], by_type(row["type"]), row["subject"], json.loads(row["body"]), False)

    def de(self, *noms: str, recue: bool | None = None) -> list[Lettre]:
        """The letters of these classes."""
        return [x for x in self.lettres if x.cls.__name__ in noms and recue in (None, x.recue)]

    def rupture(self, invariant: int, party: Party, sujet: str, phrase: str, line: Mapping[str, Any] | None) -> Rupture:
        """A rupture at an act of the journal, or at the last act of the dossier."""
        found = line or self.dernier.get((party, sujet)) or {"time": "", "rang": 0, "acte": "?"}
        return Rupture(found["time"], found["rang"], party.value, sujet, invariant, found["acte"], phrase)

    def par(self, invariant: int, lettre: Lettre, phrase: str) -> Rupture:
        """A rupture by a letter."""
        return self.rupture(invariant, lettre.service, lettre.sujet, phrase, self.par_lettre.get((lettre.service, lettre.id)))


def verifier(export: Mapping[str, Any]) -> list[Rupture]:
    """Every rupture, the first in time first; `export` is what the pilot exports of a bac."""
    registres = Registres(export)
    return sorted(r for check in CONTROLES for r in check(registres))


def limite_gardee(r: Registres) -> Iterator[Rupture]:
    """1. The limit of a rectificatif is that of the first notice."""
    limites = {x["numero"]: x.get("date_limite_paiement") for x in r.lignes(Party.ANTAI, "dossiers")}
    for avis in r.de("AvisPaiement"):
        limites[avis.sujet] = avis.corps["modalites"]["date_limite_paiement"] or limites.get(avis.sujet)
    for avis in r.de("AvisPaiementRectificatif"):
        limite = avis.corps["modalites"]["date_limite_paiement"]
        if limite is not None and limites.get(avis.sujet) not in (None, limite):
            yield r.par(1, avis, f"limite au {limite} au lieu du {limites[avis.sujet]}")


def titre_exact(r: Registres) -> Iterator[Rupture]:
    """2. A title claims what remains due and its majoration."""
    for titre in r.de("EmissionTitre"):
        du, plus, le = titre.corps["montant_impaye"], titre.corps["majoration"], date.fromisoformat(titre.corps["date_emission"])
        if titre.corps["total_du"] != du + plus:
            yield r.par(2, titre, f"total {euros(titre.corps['total_du'])} au lieu de {euros(du + plus)}")
        if plus != majoration(du, le) or plus < droit(le).majoration_minimum:
            yield r.par(2, titre, f"majoration {euros(plus)} au lieu de {euros(majoration(du, le))}")


def rabais_borne(r: Registres) -> Iterator[Rupture]:
    """3. The rebate is charged on the majoration, never above it."""
    majorations = {x.sujet: x.corps["majoration"] for x in r.de("EmissionTitre")}
    for lettre in r.de("Avertissement", "TitrePaye", "JustificatifPaiementTitre"):
        plus = lettre.corps.get("majoration", majorations.get(lettre.sujet))
        if plus is not None and lettre.corps["rabais"] > plus:
            yield r.par(3, lettre, f"rabais {euros(lettre.corps['rabais'])}, majoration {euros(plus)}")


def rapo_avant_titre(r: Registres) -> Iterator[Rupture]:
    """4. No RAPO is registered once a title exists."""
    titres = {x.sujet: x.corps["date_emission"] for x in r.de("EmissionTitre")}
    for rapo in r.de("AccuseReceptionRapo"):
        if rapo.sujet in titres and rapo.corps["date_avis_reception"] > titres[rapo.sujet]:
            yield r.par(4, rapo, f"RAPO reçu le {rapo.corps['date_avis_reception']}, titre du {titres[rapo.sujet]}")


def argent(r: Registres) -> Iterator[Rupture]:
    """5. Balanced entries; refunds within payments; the majoration for the State alone."""
    for party in r.parties:
        sums: dict[tuple[str, int], int] = defaultdict(int)
        for line in r.lignes(party, "ecritures"):
            sums[line["subject"], line["rang"]] += line["debit"] - line["credit"]
        for (sujet, rang), total in sums.items():
            if total:
                yield r.rupture(5, party, sujet, f"écriture déséquilibrée de {euros(total)}", r.actes.get((party, sujet, rang)))
    yield from remboursements(r)
    dus = {x.sujet: x.corps["montant_impaye"] for x in r.de("EmissionTitre")}
    for paye in r.de("TitrePaye"):
        parts = paye.corps["part_collectivite"], paye.corps["part_etat"]
        if sum(parts) != paye.corps["montant_paye"]:
            yield r.par(5, paye, f"parts {euros(sum(parts))} pour {euros(paye.corps['montant_paye'])} payés")
        if parts[0] > dus.get(paye.sujet, parts[0]):
            yield r.par(5, paye, f"la collectivité recevrait {euros(parts[0])} pour {euros(dus[paye.sujet])} dus")


def remboursements(r: Registres) -> Iterator[Rupture]:
    """5, its second part: the payments of a dossier less what was given back are never negative."""
    payes: dict[str, int] = defaultdict(int)
    saisis: dict[str, int] = defaultdict(int)
    for paiement in r.de("PaiementFps", "PaiementTitre", recue=True):
        payes[paiement.sujet] += paiement.corps["montant"]
    for titre in r.de("TitrePaye"):
        saisis[titre.sujet] = max(saisis[titre.sujet], titre.corps["montant_paye"])
    for line in r.lignes(Party.COLLECTIVITE, "journal"):
        if line["acte"] == "paiement":  # cycle partiel: the collectivité takes its own payments
            payes[line["subject"]] += json.loads(line["data"]).get("montant", 0)
    rendus: Counter[str] = Counter()
    for avis in r.de("AvisRemboursementFps", "AvisRemboursementTitre"):
        rendus[avis.sujet] += avis.corps["montant_rembourse"]
        recu = max(payes[avis.sujet], saisis[avis.sujet])
        if rendus[avis.sujet] > recu:
            yield r.par(5, avis, f"{euros(rendus[avis.sujet])} remboursés pour {euros(recu)} payés")


def anonymat(r: Registres) -> Iterator[Rupture]:
    """6. Nothing of the amicable flows names the redevable to the collectivité."""
    for lettre in r.lettres:
        if lettre.service is Party.COLLECTIVITE and lettre.recue and lettre.cls.flow in AMIABLES and "redevable" in _noms(lettre.corps):
            yield r.par(6, lettre, "le redevable y est nommé")


def _noms(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for nom, inside in value.items():
            yield nom
            yield from _noms(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _noms(inside)


def numeros(r: Registres) -> Iterator[Rupture]:
    """7. Numbers well formed, keys right, nothing numbered twice."""
    avis: dict[str, Lettre] = {}
    rangs: dict[tuple[str, int], Lettre] = {}
    for lettre in r.lettres:
        numero = lettre.corps.get("numero_avis") or lettre.corps.get("numero_fps")
        if numero is not None and not _lisible(numero):
            yield r.par(7, lettre, f"numéro {numero} mal formé")
        elif numero is not None and lettre.corps.get("cle") not in (None, cle(numero)):
            yield r.par(7, lettre, f"clé {lettre.corps['cle']} au lieu de {cle(numero)}")
        if lettre.cls.__name__ == "AvisPaiementRectificatif":
            first = avis.setdefault(lettre.corps["numero_avis"], lettre)
            if first is not lettre or lettre.corps["numero_avis"] == lettre.sujet:
                yield r.par(7, lettre, f"le numéro {lettre.corps['numero_avis']} sert déjà")
        if lettre.cls.__name__ == "EmissionTitre":
            place = lettre.corps["numero_titre"], lettre.corps["rang_annexe"]
            if rangs.setdefault(place, lettre).sujet != lettre.sujet:
                yield r.par(7, lettre, f"le rang {place[1]} du titre {place[0]} sert déjà")


def _lisible(numero: str) -> bool:
    try:
        NumeroFps.lire(numero)
    except NumeroInvalide:
        return False
    return True


def courriers_uniques(r: Registres) -> Iterator[Rupture]:
    """9. The same letter is never sent twice to a person."""
    seen: set[tuple[Party, str, str, str]] = set()
    for lettre in r.lettres:
        if not lettre.recue:
            mark = (lettre.service, lettre.cls.type, lettre.sujet, json.dumps(lettre.corps, sort_keys=True))
            if mark in seen:
                yield r.par(9, lettre, f"« {lettre.cls.nom} » existe deux fois")
            seen.add(mark)


def plus_rien(r: Registres) -> Iterator[Rupture]:
    """10. A finished dossier waits for nothing."""
    for (party, table), finaux in FINAUX.items():
        rows = list(r.lignes(party, table))
        key = next((k for k in ("numero", "numero_fps") if rows and k in rows[0]), "numero")
        etats = {row[key]: row["etat"] for row in rows}
        for line in r.lignes(party, "deadlines"):
            if etats.get(line["subject"]) in finaux:
                phrase = f"état « {etats[line['subject']]} », échéance « {line['kind']} » le {line['due']}"
                yield r.rupture(10, party, line["subject"], phrase, None)


CONTROLES: Final[tuple[Callable[[Registres], Iterable[Rupture]], ...]] = (
    limite_gardee,
    titre_exact,
    rabais_borne,
    rapo_avant_titre,
    argent,
    anonymat,
    numeros,
    courriers_uniques,
    plus_rien,
)
