"""What the books of two services must say alike once all letters are carried, and what letters say with them (docs/comptes.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fps.comptabilite import Compte, Libelle
from fps.parties import Party


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
AMIABLES: Final = frozenset({Libelle.ENCAISSEMENT_AMIABLE, Libelle.ENCAISSEMENT_AMIABLE_PERDU})
TITRES: Final = frozenset({Libelle.PART_DE_LA_COLLECTIVITE, Libelle.PRECOMPTE})

RECIPROQUES: Final = (
    Reciproque(
        "encaissé par l'ANTAI pour la collectivité",
        _cote(Party.ANTAI, Compte.ENCAISSEMENTS, Compte.TROP_PERCU),
        _cote(Party.COLLECTIVITE, Compte.ANTAI),
    ),
    Reciproque(
        "attendu par la collectivité du FPS, à l'ANTAI",
        _cote(Party.ANTAI, Compte.COLLECTIVITE),
        _cote(Party.COLLECTIVITE, Compte.REDEVABLE, Compte.ANTAI),
        opposes=True,
        des=Libelle.AVIS_DE_PAIEMENT,
    ),
    Reciproque(
        "FPS impayé dont le titre est pris en charge",
        _cote(Party.ANTAI, Compte.REDEVABLE, par=Libelle.TITRE_EXECUTOIRE),
        _cote(Party.DGFIP, Compte.COLLECTIVITE, par=Libelle.PRISE_EN_CHARGE),
    ),
    Reciproque(
        "majoration due à l'État par le titre",
        _cote(Party.ANTAI, Compte.ETAT, par=Libelle.TITRE_EXECUTOIRE),
        _cote(Party.DGFIP, Compte.ETAT, par=Libelle.PRISE_EN_CHARGE),
    ),
    Reciproque(
        "encaissé par l'ANTAI, compté par la DGFiP pour la collectivité",
        _cote(Party.ANTAI, Compte.ENCAISSEMENTS, Compte.TROP_PERCU),
        Cote(Party.DGFIP, frozenset({Compte.ENCAISSEMENTS}), AMIABLES),
    ),
    Reciproque(
        "dû par la DGFiP à la collectivité, précomptes déduits",
        Cote(Party.DGFIP, frozenset({Compte.A_REVERSER}), TITRES),
        _cote(Party.COLLECTIVITE, Compte.DGFIP),
        opposes=True,
    ),
    Reciproque(
        "remboursements que la collectivité ordonne à la DGFiP",
        _cote(Party.DGFIP, Compte.TRESOR),
        _cote(Party.COLLECTIVITE, Compte.TRESOR),
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


# A FPS is given back by a transfer, or by paying a title of the same redevable.
RENDUS_FPS: Final = frozenset({Libelle.REMBOURSEMENT_DU_FPS, Libelle.REMBOURSEMENT_COMPENSE})
PIECES: Final = (
    Pieces("EmissionTitre", "total_du", Party.ANTAI, Compte.TITRE, frozenset({Libelle.TITRE_EXECUTOIRE})),
    Pieces(
        "JustificatifPaiementFps",
        "montant_paye",
        Party.ANTAI,
        Compte.ENCAISSEMENTS,
        frozenset({Libelle.PAIEMENT, Libelle.PAIEMENT_MINORE, Libelle.DOUBLE_PAIEMENT}),
    ),
    Pieces("AvisRemboursementFps", "montant_rembourse", Party.DGFIP, Compte.TRESORERIE, RENDUS_FPS),
    Pieces("AvisRemboursementTitre", "montant_rembourse", Party.DGFIP, Compte.ENCAISSEMENTS, frozenset({Libelle.REMBOURSEMENT_DU_TITRE})),
)

# Money that comes from the person, and money that goes back to the person: the account that moves, the entries that count.
RECETTES: Final[Mapping[Party, str]] = {
    Party.ANTAI: Compte.ENCAISSEMENTS,
    Party.DGFIP: Compte.ENCAISSEMENTS,
    Party.COLLECTIVITE: Compte.REGIE,
}
RENDUS: Final = frozenset(
    {
        (Party.ANTAI, Compte.ENCAISSEMENTS, Libelle.RESTITUTION_DU_TROP_PERCU),
        (Party.DGFIP, Compte.ENCAISSEMENTS, Libelle.REMBOURSEMENT_DU_TITRE),
        *((Party.DGFIP, Compte.TRESORERIE, libelle) for libelle in RENDUS_FPS),
    }
)


@dataclass(frozen=True)
class Reflet:
    """A sum of a dossier's statement that is the balance of an account: `signe` is 1 for a debit, -1 for a credit."""

    party: Party
    somme: str
    compte: str
    signe: int
    libelles: frozenset[str] = frozenset()


REFLETS: Final = (
    Reflet(Party.COLLECTIVITE, "creance", Compte.REDEVABLE, 1),
    Reflet(Party.COLLECTIVITE, "dette", Compte.A_REMBOURSER, -1),
    Reflet(Party.COLLECTIVITE, "part_titre", Compte.DGFIP, 1),
    Reflet(Party.COLLECTIVITE, "rembourse", Compte.TRESOR, -1),
    Reflet(Party.ANTAI, "trop_percu", Compte.TROP_PERCU, -1),
    Reflet(Party.DGFIP, "titre.part_collectivite", Compte.A_REVERSER, -1, TITRES),
    Reflet(Party.DGFIP, "encaisse_amiable", Compte.A_REVERSER, -1, AMIABLES),
)
