"""A dossier on the evening of a day: the state, the values, the letters and the books of each of the five parties, from its acts alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from fps.comptabilite import PLAN, Sens
from fps.droit.money import euros
from fps.flows import by_type
from fps.kit.ground.clock import PARIS
from fps.messages.avis import EAvisPaiement
from fps.messages.message import MessageClass
from fps.parties import SERVICES, Channel, Party
from fps_console.frise.valeurs import Valeur, de_l_acte, du_courrier, imprimees
from fps_console.mots import recit

Ligne = Mapping[str, Any]
VOIES: Final = (Party.USAGER, Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP, Party.CCSP)
# The first state of each case file and the acts that open it: until it moves, no line tells it.
DEPARTS: Final[Mapping[tuple[Party, str], tuple[str, frozenset[str]]]] = {
    (Party.COLLECTIVITE, "fps"): ("etabli", frozenset({"etablissement"})),
    (Party.COLLECTIVITE, "rapo"): ("depose", frozenset({"depot-rapo"})),
    (Party.COLLECTIVITE, "recours"): ("communique", frozenset({"communication-requete"})),
    (Party.ANTAI, "fps"): ("transmis", frozenset({"identification", "impaye-recu"})),
    (Party.DGFIP, "prise-en-charge"): ("pris-en-charge", frozenset({"prise-en-charge"})),
    (Party.DGFIP, "remise"): ("demandee", frozenset({"remise-demandee"})),
    (Party.CCSP, "requete"): ("deposee", frozenset({"enregistrement"})),
}
MACHINES: Final[Mapping[str, str]] = {
    "fps": "FPS",
    "rapo": "RAPO",
    "recours": "Recours",
    "prise-en-charge": "Titre",
    "remise": "Remise gracieuse",
    "requete": "Requête",
}


@dataclass(frozen=True, slots=True)
class Acte:
    """One line of the journals of a dossier, its number in it, and how it is told."""

    numero: int
    ligne: Ligne
    dit: recit.Ligne
    valeurs: tuple[Valeur, ...]
    court: bool  # whether the short story has it

    @property
    def jour(self) -> date:
        """The day of the bac."""
        return self.dit.date.astimezone(PARIS).date()

    @property
    def service(self) -> Party:
        """Whose journal has it."""
        return Party(self.ligne["service"])

    @property
    def voie(self) -> Party:
        """The lane where it is shown: that of who acts."""
        cls = self.message
        if cls is not None and self.ligne["acte"] == "reception" and cls.sender is Party.USAGER:
            return Party.USAGER
        return self.service

    @property
    def message(self) -> MessageClass | None:
        """The class of the letter that it writes, receives or refuses."""
        type_ = self.ligne["donnees"].get("type")
        return by_type(type_) if isinstance(type_, str) else None

    @property
    def lettre(self) -> str:
        """The identifier of its letter, or nothing."""
        return str(self.ligne["donnees"]["id"]) if self.message is not None else ""


@dataclass(frozen=True, slots=True)
class Etat:
    """The state of a case file, since which act."""

    machine: str
    code: str
    acte: int
    sujet: str = ""

    @property
    def dit(self) -> str:
        """« FPS : notifié », with the number of a petition."""
        return f"{MACHINES.get(self.machine, self.machine)}{f' {self.sujet}' if self.sujet else ''} : {recit.etat(self.code)}"


@dataclass(frozen=True, slots=True)
class Mouvement:
    """One line of an entry: what it adds to an account, in centimes."""

    acte: int
    jour: date
    libelle: str
    article: str
    montant: int


@dataclass(frozen=True, slots=True)
class Solde:
    """What an account of a service holds about a dossier, debit less credit, and the entries that made it."""

    service: Party
    compte: str
    centimes: int
    mouvements: tuple[Mouvement, ...]

    @property
    def objet(self) -> str:
        """What this account holds, as the plan of the accounts says."""
        plan = PLAN[self.service].get(self.compte.partition(":")[0])
        return self.compte if plan is None else plan.objet

    @property
    def dit(self) -> str:
        """« 35,00 € débiteur »."""
        cote = Sens.DEBIT if self.centimes > 0 else Sens.CREDIT
        return f"{euros(abs(self.centimes))} {cote.value}" if self.centimes else "soldé"


@dataclass(frozen=True, slots=True)
class Pli:
    """A letter: its act, its parties, its days. `arrive`: None when no act tells it."""

    id: str
    acte: int
    service: Party
    cls: MessageClass
    ecrit: date
    arrive: date | None
    imprimable: bool = False

    @property
    def libelle(self) -> str:
        """What it is called."""
        return recit.message(self.cls)


@dataclass(slots=True)
class Voie:
    """What one party knows of a dossier at a date."""

    party: Party
    etats: list[Etat] = field(default_factory=list)
    valeurs: list[Valeur] = field(default_factory=list)
    recues: list[Pli] = field(default_factory=list)
    soldes: list[Solde] = field(default_factory=list)
    actes: int = 0


@dataclass(frozen=True, slots=True)
class Instant:
    """A dossier on the evening of a day."""

    le: date
    actes: Sequence[Acte]  # up to then
    suite: Sequence[Acte]  # of the first day after it, that nobody knew
    voies: Sequence[Voie]
    en_route: Sequence[Pli]
    sans_date: Sequence[Pli]  # written; whether they have come, no act tells
    attendues: Sequence[Valeur]  # the days to come, that acts had told


class Frise:
    """All the acts of a dossier, in order, and its letters; it gives any of its days."""

    def __init__(self, journal: Sequence[Ligne], courriers: Sequence[Ligne], contenus: Mapping[str, Mapping[str, Any]]):
        courtes = {id(line) for line in recit.courtes(journal)}
        self.actes = [
            Acte(n, line, recit.ligne(line, contenus), tuple(de_l_acte(n, line)), id(line) in courtes) for n, line in enumerate(journal, 1)
        ]
        self.jours = sorted({acte.jour for acte in self.actes})
        self._plis = list(_plis(self.actes, {c["id"]: c for c in courriers}, contenus))
        self._contenus = contenus

    def a(self, le: date) -> Instant:
        """The dossier that evening."""
        passes = [acte for acte in self.actes if acte.jour <= le]
        apres = [acte for acte in self.actes if acte.jour > le]
        ecrits = [pli for pli in self._plis if pli.ecrit <= le]
        voies = [self._voie(party, passes, ecrits, le) for party in VOIES]
        attendues = [v for voie in voies[1:] for v in voie.valeurs if v.jour is not None and v.jour > le]
        return Instant(
            le,
            passes,
            [acte for acte in apres if acte.jour == apres[0].jour],
            voies,
            [pli for pli in ecrits if pli.arrive is not None and pli.arrive > le],
            [pli for pli in ecrits if pli.arrive is None],
            sorted(attendues, key=lambda v: (str(v.brute), v.acte)),
        )

    def _voie(self, party: Party, passes: Sequence[Acte], ecrits: Sequence[Pli], le: date) -> Voie:
        siens = [acte for acte in passes if acte.service is party]
        recues = [pli for pli in ecrits if pli.cls.receiver is party and pli.arrive is not None and pli.arrive <= le]
        if party is Party.USAGER:
            dites = (v for pli in recues for v in du_courrier(pli.acte, pli.service, self._contenus.get(pli.id, {})))
            sues = {valeur.nom: valeur for valeur in dites}
        else:
            sues = {valeur.cle: valeur for acte in siens for valeur in acte.valeurs}
        return Voie(
            party,
            list(etats(siens).values()),
            list(sues.values()),
            recues,
            soldes(party, siens) if party in SERVICES else [],
            sum(acte.voie is party for acte in passes),
        )


def etats(actes: Sequence[Acte]) -> dict[tuple[Party, str, str], Etat]:
    """The state of each case file after these acts, by service, machine and petition."""
    found: dict[tuple[Party, str, str], Etat] = {}
    for acte in actes:
        service, donnees = acte.service, acte.ligne["donnees"]
        requete = str(donnees.get("numero_requete", ""))
        for (de, machine), (depart, ouvrent) in DEPARTS.items():
            sujet = requete if machine in ("requete", "recours") else ""
            if de is not service or acte.ligne["acte"] not in ouvrent or (sujet and (service, machine, sujet) in found):
                continue  # a petition communicated again stays what it is; a second RAPO begins anew
            found[service, machine, sujet] = Etat(machine, depart, acte.numero, sujet)
        for machine, _, _, vers in donnees.get("passages", ()):
            sujet = requete if machine in ("requete", "recours") else ""
            found[service, machine, sujet] = Etat(machine, vers, acte.numero, sujet)
    return found


def soldes(service: Party, actes: Sequence[Acte]) -> list[Solde]:
    """The accounts of a service about a dossier after these acts, in the order of their names."""
    found: dict[str, list[Mouvement]] = {}
    for acte in actes:
        if acte.ligne["acte"] == "ecriture":
            donnees = acte.ligne["donnees"]
            for compte, debit, credit in donnees["lignes"]:
                found.setdefault(compte, []).append(
                    Mouvement(acte.numero, acte.jour, donnees["libelle"], acte.ligne["article"], debit - credit)
                )
    return [Solde(service, compte, sum(m.montant for m in lus), tuple(lus)) for compte, lus in sorted(found.items())]


def _plis(actes: Sequence[Acte], courriers: Mapping[str, Ligne], contenus: Mapping[str, Mapping[str, Any]]) -> Iterator[Pli]:
    """Each letter of a dossier, with the day when its reader has it: that of its reception, or that which it tells itself."""
    venues = {acte.lettre: acte.jour for acte in actes if acte.ligne["acte"] in ("reception", "refus") and acte.lettre}
    lectures = [acte.jour for acte in actes if acte.ligne["acte"] == "lecture"]
    envoyees = set()
    for acte in actes:
        cls = acte.message
        if cls is None or acte.ligne["acte"] not in ("envoi", "courrier"):
            continue
        envoyees.add(acte.lettre)
        arrive = venues.get(acte.lettre)
        if acte.ligne["acte"] == "courrier":
            dite = dict(imprimees(contenus.get(acte.lettre, {}))).get("date_notification")
            jour = date.fromisoformat(dite) if isinstance(dite, str) else None
            if cls is EAvisPaiement:  # its first reading notifies it
                jour = next((lu for lu in lectures if lu >= acte.jour), None)
            arrive = jour if jour is not None and jour >= acte.jour else None
        yield Pli(acte.lettre, acte.numero, acte.service, cls, acte.jour, arrive, bool(courriers.get(acte.lettre, {}).get("imprimable")))
    for acte in actes:  # what people and products write is known when it comes
        cls = acte.message
        if cls is not None and acte.ligne["acte"] == "reception" and acte.lettre not in envoyees and cls.channel is not Channel.REPONSE:
            yield Pli(acte.lettre, acte.numero, acte.service, cls, acte.jour, acte.jour)
