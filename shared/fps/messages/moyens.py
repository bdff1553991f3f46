"""The ways of paying, written once: how a notice names each, who takes it, and what the law lets it do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeGuard, get_args

from pydantic import AfterValidator, Field

from fps.parties import Party

Moyen = Literal["internet", "serveur-vocal", "cheque", "guichet", "buraliste"]
MoyenMinore = Literal["internet", "serveur-vocal"]


def _chacun(canaux: tuple[MoyenMinore, ...]) -> tuple[MoyenMinore, ...]:
    """Each once, in one order, so that two writings of one choice are equal."""
    if len(set(canaux)) != len(canaux):
        raise ValueError("un canal est donné deux fois")
    return tuple(sorted(canaux))


CanauxMinores = Annotated[tuple[MoyenMinore, ...], Field(min_length=1), AfterValidator(_chacun)]


@dataclass(frozen=True, slots=True)
class MoyenDePaiement:
    """One way of paying: `nom` as one says it in French, `encaisse_par` who takes it.

    `acompte`: whether a part of a title may be paid so (hypothesis H62).
    """

    nom: str
    encaisse_par: frozenset[Party]
    acompte: bool = False


AGENCE_ET_TRESOR: Final = frozenset({Party.ANTAI, Party.DGFIP})
PARTOUT: Final = AGENCE_ET_TRESOR | {Party.COLLECTIVITE}

MOYENS: Final[dict[Moyen, MoyenDePaiement]] = {
    "internet": MoyenDePaiement("internet", PARTOUT),
    "serveur-vocal": MoyenDePaiement("téléphone", AGENCE_ET_TRESOR),
    "cheque": MoyenDePaiement("chèque", PARTOUT, acompte=True),
    "guichet": MoyenDePaiement("guichet", PARTOUT, acompte=True),
    "buraliste": MoyenDePaiement("buraliste agréé", AGENCE_ET_TRESOR),
}


def moyens_de(party: Party) -> tuple[Moyen, ...]:
    """The ways of paying that this party takes, in the order that its notices print."""
    return tuple(moyen for moyen, usage in MOYENS.items() if party in usage.encaisse_par)


def noms(moyens: Iterable[Moyen]) -> str:
    """Ways of paying as a sentence names them: « internet ou téléphone »."""
    return " ou ".join(MOYENS[moyen].nom for moyen in moyens)


def minorable(moyen: Moyen) -> TypeGuard[MoyenMinore]:
    """Whether the reduced amount may be paid so, on the days when the law takes it (`minoration_canaux`)."""
    return moyen in get_args(MoyenMinore)
