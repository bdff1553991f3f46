"""The chart of accounts of the four services, and what two of them must say alike once all letters are carried (docs/comptes.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fps.parties import Party


class Sens(StrEnum):
    """The side on which an account of a dossier may be, at the end of an instant."""

    DEBIT = "débiteur"
    CREDIT = "créditeur"
    DEUX = "l'un ou l'autre"


@dataclass(frozen=True)
class Compte:
    """An account: `par_collectivite`, one for each SIRET (« collectivite:21590350100017 »)."""

    sens: Sens
    objet: str
    par_collectivite: bool = False


PLAN: Final[Mapping[Party, Mapping[str, Compte]]] = {
    Party.COLLECTIVITE: {
        "redevable": Compte(Sens.DEBIT, "ce que le redevable doit encore du FPS"),
        "recettes": Compte(Sens.CREDIT, "ce que le FPS rapporte"),
        "regie": Compte(Sens.DEBIT, "payé à la collectivité elle-même (paiement rapide, cycle partiel)"),
        "antai": Compte(Sens.DEBIT, "payé à l'ANTAI pour elle"),
        "dgfip": Compte(Sens.DEBIT, "payé à la DGFiP pour elle sur un titre, précomptes déduits"),
        "tresor": Compte(Sens.CREDIT, "son compte au Trésor : remboursements ordonnés"),
        "a-rembourser": Compte(Sens.CREDIT, "ce qu'elle doit rendre d'un FPS payé"),
        "indus": Compte(Sens.DEBIT, "rendu, alors que le chèque était sans provision"),
    },
    Party.ANTAI: {
        "redevable": Compte(Sens.DEBIT, "FPS notifiés et non payés"),
        "titre": Compte(Sens.DEBIT, "titres émis et non réglés, à sa connaissance"),
        "encaissements": Compte(Sens.DEBIT, "payé à l'ANTAI"),
        "collectivite": Compte(Sens.CREDIT, "ce que la collectivité attend des FPS, payés à l'ANTAI ou non payés", par_collectivite=True),
        "etat": Compte(Sens.CREDIT, "majorations que l'État attend"),
        "trop-percu": Compte(Sens.CREDIT, "payé deux fois, à rendre"),
    },
    Party.DGFIP: {
        "redevable": Compte(Sens.DEUX, "ce que le redevable doit encore du titre ; créditeur : ce qui doit lui être rendu"),
        "encaissements": Compte(Sens.DEBIT, "payé à l'ANTAI ou à la DGFiP, moins ce qu'elle rend et reverse"),
        "collectivite": Compte(Sens.CREDIT, "FPS pris en charge et non encore recouvrés", par_collectivite=True),
        "a-reverser": Compte(
            Sens.CREDIT, "FPS encaissés à l'amiable ou recouvrés, dus à la collectivité, précomptes déduits", par_collectivite=True
        ),
        "etat": Compte(Sens.CREDIT, "majoration de l'État, rabais, remises et annulations déduits"),
        "tresor": Compte(Sens.DEBIT, "compte de la collectivité au Trésor : remboursements qu'elle ordonne", par_collectivite=True),
        "remboursements": Compte(Sens.CREDIT, "remboursements ordonnés, à payer"),
        "tresorerie": Compte(Sens.CREDIT, "remboursements de FPS payés"),
    },
    Party.CCSP: {},
}


@dataclass(frozen=True)
class Cote:
    """Accounts of one service; only what these entries wrote there, when some are named."""

    party: Party
    comptes: frozenset[str]
    libelles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reciproque:
    """What two services write of the same money: equal, or `opposes` (a debit here, a credit there), for each dossier."""

    objet: str
    gauche: Cote
    droite: Cote
    opposes: bool = False
    des: str = ""  # only once the left side has written this entry


def _cote(party: Party, *comptes: str, par: str = "") -> Cote:
    return Cote(party, frozenset(comptes), frozenset({par} if par else ()))


# What the DGFiP writes of money that ANTAI collected, and of the titles that it collects itself.
AMIABLES: Final = frozenset({"encaissement amiable", "encaissement amiable perdu"})
TITRES: Final = frozenset({"part de la collectivité", "précompte"})

RECIPROQUES: Final = (
    Reciproque(
        "encaissé par l'ANTAI pour la collectivité",
        _cote(Party.ANTAI, "encaissements", "trop-percu"),
        _cote(Party.COLLECTIVITE, "antai"),
    ),
    Reciproque(
        "attendu par la collectivité du FPS, à l'ANTAI",
        _cote(Party.ANTAI, "collectivite"),
        _cote(Party.COLLECTIVITE, "redevable", "antai"),
        opposes=True,
        des="avis de paiement",
    ),
    Reciproque(
        "FPS impayé dont le titre est pris en charge",
        _cote(Party.ANTAI, "redevable", par="titre exécutoire"),
        _cote(Party.DGFIP, "collectivite", par="prise en charge"),
    ),
    Reciproque(
        "majoration due à l'État par le titre",
        _cote(Party.ANTAI, "etat", par="titre exécutoire"),
        _cote(Party.DGFIP, "etat", par="prise en charge"),
    ),
    Reciproque(
        "encaissé par l'ANTAI, compté par la DGFiP pour la collectivité",
        _cote(Party.ANTAI, "encaissements", "trop-percu"),
        Cote(Party.DGFIP, frozenset({"encaissements"}), AMIABLES),
    ),
    Reciproque(
        "dû par la DGFiP à la collectivité, précomptes déduits",
        Cote(Party.DGFIP, frozenset({"a-reverser"}), TITRES),
        _cote(Party.COLLECTIVITE, "dgfip"),
        opposes=True,
    ),
    Reciproque(
        "remboursements que la collectivité ordonne à la DGFiP",
        _cote(Party.DGFIP, "tresor"),
        _cote(Party.COLLECTIVITE, "tresor"),
        opposes=True,
    ),
)


@dataclass(frozen=True)
class Pieces:
    """The letters that tell an amount of money moved, and the entries that move it: the same total for each dossier."""

    lettre: str
    champ: str
    party: Party
    compte: str
    libelles: frozenset[str]


PIECES: Final = (
    Pieces("EmissionTitre", "total_du", Party.ANTAI, "titre", frozenset({"titre exécutoire"})),
    Pieces(
        "JustificatifPaiementFps",
        "montant_paye",
        Party.ANTAI,
        "encaissements",
        frozenset({"paiement", "paiement minoré", "double paiement"}),
    ),
    Pieces("AvisRemboursementFps", "montant_rembourse", Party.DGFIP, "tresorerie", frozenset({"remboursement du FPS"})),
    Pieces("AvisRemboursementTitre", "montant_rembourse", Party.DGFIP, "encaissements", frozenset({"remboursement du titre"})),
)

# Money that comes from the person, and money that goes back to the person: the account that moves, the entries that count.
RECETTES: Final[Mapping[Party, str]] = {Party.ANTAI: "encaissements", Party.DGFIP: "encaissements", Party.COLLECTIVITE: "regie"}
RENDUS: Final = frozenset(
    {
        (Party.ANTAI, "encaissements", "restitution du trop-perçu"),
        (Party.DGFIP, "encaissements", "remboursement du titre"),
        (Party.DGFIP, "tresorerie", "remboursement du FPS"),
    }
)


@dataclass(frozen=True)
class Reflet:
    """A column of a dossier that is the balance of an account: `signe` is 1 for a debit, -1 for a credit."""

    party: Party
    table: str
    cle: str
    colonne: str
    compte: str
    signe: int
    libelles: frozenset[str] = frozenset()


REFLETS: Final = (
    Reflet(Party.COLLECTIVITE, "forfaits", "numero", "creance", "redevable", 1),
    Reflet(Party.COLLECTIVITE, "forfaits", "numero", "dette", "a-rembourser", -1),
    Reflet(Party.COLLECTIVITE, "forfaits", "numero", "part_titre", "dgfip", 1),
    Reflet(Party.COLLECTIVITE, "forfaits", "numero", "rembourse", "tresor", -1),
    Reflet(Party.ANTAI, "dossiers", "numero", "trop_percu", "trop-percu", -1),
    Reflet(Party.DGFIP, "prises_en_charge", "numero_fps", "part_collectivite", "a-reverser", -1, TITRES),
    Reflet(Party.DGFIP, "encaissements_amiables", "numero_fps", "montant", "a-reverser", -1, AMIABLES),
)
