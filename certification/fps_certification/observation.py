"""What was seen of a product: its exchanges with the services, in order, read as messages, and the letters that it was sent."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import Channel, Party
from fps.villes.annuaire import Annuaire
from fps.villes.catalogue import livrees
from fps_certification.prealable.certificats import Depot

Champs = dict[str, Any]
DES_MESSAGES: Final[Mapping[str, MessageClass]] = {
    cls.path: cls for cls in MESSAGES if cls.channel is Channel.REST and cls.sender is Party.COLLECTIVITE
}
# The simulated services speak in the name of nobody but themselves.
SERVICES: Final = frozenset(f"service:{party}" for party in (Party.ANTAI, Party.DGFIP, Party.CCSP))
ANONYME: Final = "anonyme"


@dataclass(frozen=True)
class Echange:
    """One exchange of the product with a service, as the service kept it."""

    service: Party
    rang: int
    date: datetime
    wall_time: datetime
    qui: str
    methode: str
    chemin: str
    entetes: Mapping[str, str]
    corps: str
    statut: int
    entetes_reponse: Mapping[str, str]
    reponse: str

    @classmethod
    def de(cls, vu: Mapping[str, Any]) -> "Echange":
        """From what the pilot reads."""
        return cls(
            Party(vu["service"]),
            vu["rang"],
            datetime.fromisoformat(vu["date"]),
            datetime.fromisoformat(vu["wall_time"]),
            vu["qui"],
            vu["methode"],
            vu["chemin"],
            vu["entetes"],
            vu["corps"],
            vu["statut"],
            vu["entetes_reponse"],
            vu["reponse"],
        )

    @classmethod
    def tous_de(cls, vu: Mapping[str, Any]) -> Iterator["Echange"]:
        """The same; a batch is as many exchanges as it has lines, each with its own key, status and answer."""
        whole = cls.de(vu)
        chemin, lot, _ = whole.chemin.partition("/lot")
        lignes, rendues = ([_objet(x) or {} for x in texte.splitlines() if x.strip()] for texte in (whole.corps, whole.reponse))
        if not lot or whole.statut >= 300 or len(lignes) != len(rendues):
            yield replace(whole, chemin=chemin) if lot else whole
            return
        for ligne, rendue in zip(lignes, rendues, strict=True):
            yield replace(
                whole,
                chemin=chemin,
                entetes={**whole.entetes, "idempotency-key": str(ligne.get("id"))},
                corps=json.dumps(ligne.get("data"), ensure_ascii=False),
                statut=int(rendue.get("statut", whole.statut)),
                reponse=json.dumps(rendue.get("reponse", rendue.get("probleme")), ensure_ascii=False),
            )

    @property
    def ou(self) -> str:
        """Where it is found again: the service and the rank."""
        return f"{self.service.value} n° {self.rang}"

    @cached_property
    def message(self) -> MessageClass | None:
        """The message that it carries, by its address."""
        return DES_MESSAGES.get(self.chemin.partition("?")[0]) if self.methode == "POST" else None

    @cached_property
    def donnees(self) -> Champs | None:
        """The body as an object; None when it is not one."""
        return _objet(self.corps)

    @cached_property
    def repondu(self) -> Champs:
        """The answer as an object, empty when it is not one."""
        return _objet(self.reponse) or {}

    @property
    def accepte(self) -> bool:
        """Whether it was taken."""
        return self.statut < 300

    @cached_property
    def erreurs(self) -> tuple[Champs, ...]:
        """Each fault that the answer names, its own and those of the accusé."""
        return (*(self.repondu.get("erreurs") or ()), *((self.repondu.get("accuse") or {}).get("erreurs") or ()))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every code that the refusal names: its own, those of its fields, those of the accusé."""
        if self.accepte:
            return frozenset()
        return frozenset(str(code) for code in (self.repondu.get("code"), *(e.get("code") for e in self.erreurs)) if code)

    @property
    def simule(self) -> bool:
        """Whether its refusal was asked for by the pilot: a fault, which says nothing of the product."""
        return not self.accepte and "simulée" in f"{self.repondu.get('title')} {self.repondu.get('detail')}"

    def erreur(self, code: str) -> Champs:
        """What the refusal says of one of its codes: `champ`, `phrase`, `article`, `que_faire`."""
        return next((e for e in self.erreurs if e.get("code") == code), self.repondu)


def _objet(texte: str) -> Champs | None:
    try:
        found = json.loads(texte)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


@dataclass(frozen=True)
class Recue:
    """A letter that was in the box of the product, and what became of each try to bring it."""

    service: Party
    numero: int
    id: str
    type: str
    sujet: str
    date: datetime
    etat: str
    tentatives: tuple[Mapping[str, Any], ...]

    @classmethod
    def de(cls, service: Party, vue: Mapping[str, Any]) -> "Recue":
        """From what the pilot reads."""
        le = datetime.fromisoformat(vue["date"])
        return cls(service, vue["position"], vue["id"], vue["type"], vue["sujet"], le, vue["etat"], tuple(vue["tentatives"]))


@dataclass(frozen=True)
class Courrier:
    """A letter to a person: each of the mentions that a text wants on it, with what is missing of it, empty when nothing is."""

    type: str
    numero: str
    id: str
    mentions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Observation:
    """All that was seen of one product for one collectivité, in the order of the real time."""

    siret: str
    echanges: tuple[Echange, ...]
    recues: tuple[Recue, ...] = ()
    annuaire: Annuaire = field(default_factory=livrees)
    droits: Mapping[str, frozenset[str]] = field(default_factory=dict)  # certificate → what it may do, for a duel
    depots: tuple[Depot, ...] = ()  # of every certificate, at each party
    courriers: tuple[Courrier, ...] = ()  # looked at only when a plan is about them

    @classmethod
    def du_produit(
        cls,
        siret: str,
        vus: Iterable[Mapping[str, Any]],
        recues: Iterable[Recue] = (),
        annuaire: Annuaire | None = None,
        certificats: frozenset[str] | None = None,
    ) -> "Observation":
        """The exchanges that are those of the product among all those of a bac.

        `certificats`: those that were deposited for the collectivité; None: whoever shows one is the product.
        """
        lus = (e for vu in vus for e in Echange.tous_de(vu))
        siens = (e for e in lus if _sien(siret, certificats, e))
        return cls(siret, tuple(sorted(siens, key=lambda e: (e.wall_time, e.service.value, e.rang))), tuple(recues), annuaire or livrees())

    def messages(self, *classes: MessageClass) -> Iterator[Echange]:
        """The messages of these classes, or all of them, taken or not."""
        return (e for e in self.echanges if e.message is not None and (not classes or e.message in classes))

    def acceptes(self, *classes: MessageClass) -> Iterator[tuple[Echange, Champs]]:
        """The messages that were taken, each with what it says; one that was sent again counts once."""
        vus: set[tuple[str, str]] = set()
        for echange in self.messages(*classes):
            marque = (echange.chemin, echange.corps)
            if echange.accepte and echange.donnees is not None and marque not in vus:
                vus.add(marque)
                yield echange, echange.donnees


def _sien(siret: str, certificats: frozenset[str] | None, echange: Echange) -> bool:
    """Whether an exchange is the product's: it showed its certificate, or it is a message in the name of its collectivité.

    What its certificate brought of another collectivité, and was taken, is of another one that the same provider serves; refused, it is a
    message of the product, ill written. Who shows no certificate, and sends no message, is a person.
    """
    if echange.qui in SERVICES:
        return False
    dit = _dit(echange)
    if certificats is None:
        certificats = frozenset({echange.qui}) - {ANONYME}
    if echange.qui in certificats:
        return dit in (None, siret) or (echange.message is not None and not echange.accepte)
    return echange.message is not None and dit == siret


def _dit(echange: Echange) -> str | None:
    """The collectivité that an exchange names: in its body, in the number of its FPS, in its address."""
    donnees = echange.donnees
    if donnees is None:
        demandes = parse_qs(urlsplit(echange.chemin).query).get("siret", [None])
        return demandes[0]
    beneficiaire = donnees.get("beneficiaire")
    dit = donnees.get("siret") or (beneficiaire.get("siret") if isinstance(beneficiaire, dict) else None)
    return str(dit or str(donnees.get("numero_fps") or "")[:14]) or None
