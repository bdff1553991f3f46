"""The French words of the journal: each line as a person reads it, with its date and its amounts; what a short timeline leaves out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fps.droit.money import euros
from fps.flows import MESSAGES, by_type
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, SERVICES, Channel, Party
from fps_console.mots.lexique import ACTES, ACTES_DE, COURTS, ETATS, FEMININS, MOTIFS
from fps_console.mots.saisie import en_clair

# Where an amount can be in the data of an act or in a message, the most telling first, and whether the label adds something.
MONTANTS: tuple[tuple[str, str], ...] = (
    ("montant", ""),
    ("montant_paye", ""),
    ("montant_fps", ""),
    ("total_du", ""),
    ("total", ""),
    ("impaye", ""),
    ("montant_impaye", ""),
    ("majoration", "majoration"),
    ("rabais", "rabais"),
)
JOURS: Mapping[str, str] = {
    "envoi_prevu": "envoi prévu le",
    "notification": "notification le",
    "payer_avant_le": "à payer jusqu'au",
    "minoration_jusqu_au": "minoré jusqu'au",
    "titre_prevu": "titre prévu le",
}
MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line of a timeline, in words."""

    date: datetime
    qui: str
    acte: str
    flux: int | None
    montant: str
    article: str
    precision: str = ""

    @property
    def jour(self) -> str:
        """« 05/10/2026 »."""
        return f"{self.date:%d/%m/%Y}"


def court(party: Party) -> str:
    """The name of a party where room is scarce."""
    return {Party.CCSP: "Juridiction"}.get(party, LIBELLES[party])


def message(cls: MessageClass) -> str:
    """What a message is called on a screen."""
    return COURTS.get(cls.type) or _mots(cls.nom)


def accord(nom: str, participe: str) -> str:
    """The participle as the noun wants it: « Requête…, reçue », « Dépôt…, reçu »."""
    premier = nom.partition(" ")[0]
    pluriel = "s" if premier.removesuffix("s") in FEMININS and premier.endswith("s") else ""
    return f"{participe}e{pluriel}" if premier.removesuffix(pluriel) in FEMININS else participe


def etat(nom: str | None) -> str:
    """What a state is called on a screen."""
    return ETATS.get(nom or "", _mots(nom or "—").lower())


def texte(article: str) -> str:
    """A reference to the law, short, its parts held together: « CGCT L. 2333-87, II »."""
    return article.replace(", art. ", " ").replace(". ", ".\u00a0").replace("-", "\u2011")


def longue(jour: date) -> str:
    """« 5 octobre 2026 », « 1er mai 2026 »."""
    return f"{'1er' if jour.day == 1 else jour.day} {MOIS[jour.month - 1]} {jour.year}"


def montants(donnees: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The main amount of an act, « 35,00 € », and the others with their names, « majoration 50,00 € », the rebate with its last day."""
    main, others = "", []
    for name, label in MONTANTS:
        value = donnees.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or (value == 0 and label):
            continue
        if label:
            until = donnees.get(f"{name}_jusqu_au")
            last = f" jusqu'au {_jour(until)}" if until else ""
            others.append(f"{label} {euros(value)}{last}")
        elif not main:
            main = euros(value)
    return main, others


def ligne(line: Mapping[str, Any], contenus: Mapping[str, Mapping[str, Any]] | None = None) -> Ligne:
    """The words of one line of the journal; `contenus` gives, by letter identifier, the content of the letters that people received."""
    donnees: Mapping[str, Any] = line["donnees"]
    type_ = donnees.get("type")
    cls = by_type(type_) if isinstance(type_, str) else None
    service = Party(line["service"])
    main, others = montants(donnees)
    if not main and contenus:
        content = contenus.get(str(donnees.get("id", "")), {})
        main, others = montants({**content, **content.get("etablissement", {})})[0], []
    acte: str = line["acte"]
    words = ACTES_DE.get((service, acte)) or ACTES.get(acte) or _mots(acte)
    if cls is not None and acte in ("envoi", "courrier", "reception", "refus"):
        nom = message(cls)
        words = {"reception": f"{nom}, {accord(nom, 'reçu')}", "refus": f"{nom} : {accord(nom, 'refusé')}"}.get(acte, nom)
    qui = court(service)
    if cls is not None and acte in ("envoi", "courrier"):
        qui = f"{court(cls.sender if cls.sender in SERVICES else service)} → {court(cls.receiver)}"
    elif cls is not None and acte in ("reception", "refus"):
        qui = f"{court(cls.sender)} → {court(service)}"
    flux = None if cls is None else cls.flow
    return Ligne(
        datetime.fromisoformat(line["date"]), qui, words, flux, main, line["article"], ", ".join([*others, *_precision(acte, donnees)])
    )


def _precision(acte: str, donnees: Mapping[str, Any]) -> list[str]:
    if "mentions_manquantes" in donnees:
        manquent = donnees["mentions_manquantes"]
        return [f"remis par {donnees.get('prestataire', 'le produit')}", f"il manque : {', '.join(manquent)}" if manquent else "complet"]
    if acte in ("refus", "envoi-refuse"):
        # The code first: it is the reason, which the detail does not always tell.
        code, detail = donnees.get("code"), donnees.get("detail")
        return [" : ".join(part for part in (f"« {code} »" if code else "", en_clair(str(detail or ""))) if part)]
    if acte == "ecriture":
        return [str(donnees.get("libelle", ""))]
    motif = str(donnees.get("motif") or "")
    found = [MOTIFS.get(motif, motif.replace("-", " ") if " " not in motif else motif)] if motif else []
    return found + [f"{words} {_jour(donnees[name])}" for name, words in JOURS.items() if donnees.get(name)]


def _mots(code: str) -> str:
    """A code that has no word yet, readable all the same."""
    return code.replace("-", " ").replace("_", " ").capitalize()


def _jour(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def courtes(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A short timeline: no accounting entry, and no reception that only repeats the line of its sender.

    What an editor or a person sent from outside has no such line: its reception is what shows it.
    """
    sent = {line["donnees"].get("id") for line in lines if line["acte"] in ("envoi", "courrier")}
    return [line for line in lines if not _repeats(line, sent)]


async def au_fil(lines: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[Mapping[str, Any]]:
    """The same of a stream in order: a letter comes after it was sent, and what is remembered of it until then is its identifier."""
    sent: set[Any] = set()
    async for line in lines:
        if line["acte"] == "envoi":
            sent.add(line["donnees"].get("id"))
        if not _repeats(line, sent):
            yield line
        if line["acte"] == "reception":
            sent.discard(line["donnees"].get("id"))


def _repeats(line: Mapping[str, Any], sent: set[Any]) -> bool:
    if line["acte"] == "ecriture":
        return True
    if line["acte"] != "reception":
        return False
    # An accusé comes in the answer: the act that follows says it.
    return line["donnees"]["id"] in sent or by_type(line["donnees"]["type"]).channel is Channel.REPONSE


def per_message(comptes: Mapping[str, int]) -> dict[MessageClass, int]:
    """How many of each message, from the counts of the services.

    One service counts what it writes, the other what it receives: the greater of the two, since what an editor or a person sends from
    outside is only received, and what goes to a person only written.
    """
    found: dict[MessageClass, int] = {}
    for name, value in comptes.items():
        kind, _, type_ = name.partition(":")
        cls = _TYPES.get(type_)
        if cls is not None and kind in ("emis", "recu"):
            found[cls] = max(found.get(cls, 0), value)
    return found


def per_way(counts: Mapping[MessageClass, int]) -> dict[tuple[int, Party, Party], int]:
    """Messages per flow, sender and receiver: what stands beside each arrow of the map; answers have no arrow."""
    found: dict[tuple[int, Party, Party], int] = {}
    for cls, value in counts.items():
        if not answer(cls):
            way = (cls.flow, cls.sender, cls.receiver)
            found[way] = found.get(way, 0) + value
    return found


def answer(cls: MessageClass) -> bool:
    """Whether a message only answers another one: an accusé, a receipt."""
    return cls.channel is Channel.REPONSE or cls in _ANSWERS


_TYPES: Mapping[str, MessageClass] = {cls.type: cls for cls in MESSAGES}
_ANSWERS = frozenset(cls.answer for cls in MESSAGES if cls.answer is not None)
CANAUX: Mapping[Channel, str] = {
    Channel.REST: "service web",
    Channel.AMQP: "file de messages",
    Channel.PORTAIL: "portail",
    Channel.COURRIER: "courrier",
    Channel.REPONSE: "réponse",
}
