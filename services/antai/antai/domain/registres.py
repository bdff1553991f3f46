"""The registers around ANTAI, simulated: who owes for a plate, a pure function of the bac's seed and of the plate."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from fps.donnees import lire_yaml
from fps.messages.parties_prenantes import Adresse, PersonneMorale, PersonnePhysique, Qualite, Redevable, Vehicule
from fps.messages.plaques import SerieDePlaque, francaise


class MotifAbandon(StrEnum):
    """Why ANTAI gives up a FPS instead of sending a notice (hypothesis H35)."""

    ETRANGERE = "immatriculation-etrangere"
    NON_IDENTIFIE = "titulaire-non-identifie"
    VOLE = "vehicule-vole"
    MARQUE = "marque-incoherente"
    DIPLOMATIQUE = "immatriculation-diplomatique"


Registre = Literal["siv", "vehicules-voles", "flottes"]


@dataclass(frozen=True, slots=True)
class Identification:
    """The answer of the registers: a redevable, or the reason to give up; the registers asked, in their order.

    `electronique`: the redevable takes notices electronically; `introuvable`: a letter to this address comes back (hypothesis H34).
    """

    redevable: Redevable | None
    motif: MotifAbandon | None = None
    registres: tuple[Registre, ...] = ()
    electronique: bool = False
    introuvable: bool = False


MORALES: Final = frozenset({SerieDePlaque.W_GARAGE, SerieDePlaque.MILITAIRE, SerieDePlaque.ADMINISTRATION})
ABANDONS: dict[str, tuple[MotifAbandon, tuple[Registre, ...]]] = {
    "inconnue": (MotifAbandon.NON_IDENTIFIE, ("siv",)),
    "vole": (MotifAbandon.VOLE, ("siv", "vehicules-voles")),
    "autre-marque": (MotifAbandon.MARQUE, ("siv",)),
}


@cache
def _listes() -> dict[str, Any]:
    brut: dict[str, Any] = lire_yaml(files("antai.domain").joinpath("registres.yaml").read_text("utf-8"))
    return brut


def series_reservees() -> tuple[str, ...]:
    """The first two letters of the plates whose answer is decided in advance (hypothesis H34)."""
    return tuple(_listes()["series"])


def identifier(graine: str, vehicule: Vehicule) -> Identification:
    """Who owes the FPS: holder, long-term lessee or purchaser (CGCT, art. L. 2333-87, VII).

    Same seed, same plate: same person, always invented. The first two letters of reserved series give the other answers (H34):
    a leased vehicle makes its lessor name the lessee, a sold vehicle whose sale is recorded has its purchaser, a sale that the
    register never received leaves the holder liable, unless it was made to a professional of the trade, who owes though nobody declared it
    (CE, avis, 19 July 2023, n° 473260). A diplomatic or consular vehicle has no holder to whom a notice may be sent; that of
    the armies or of the State, or under a W garage number, has a legal person (arrêté of 9 February 2009, art. 4 and annexe VII; H113).
    """
    if vehicule.pays != "FR":
        return Identification(None, MotifAbandon.ETRANGERE)
    plaque, francais = vehicule.immatriculation, francaise(vehicule.immatriculation)
    if francais is not None and francais.serie in (SerieDePlaque.DIPLOMATIQUE, SerieDePlaque.CONSULAIRE):
        return Identification(None, MotifAbandon.DIPLOMATIQUE, ("siv",))
    serie = _listes()["series"].get(plaque[:2]) if plaque[2:3] == "-" else None
    if serie in ABANDONS:
        motif, registres = ABANDONS[serie]
        return Identification(None, motif, registres)
    if serie == "louee":
        return Identification(_personne(graine, plaque, "locataire"), registres=("siv", "vehicules-voles", "flottes"))
    qualite: Qualite = "acquereur" if serie in ("cedee", "vendue-a-un-professionnel") else "titulaire"
    return Identification(
        _personne(
            graine, plaque, qualite, morale=serie == "vendue-a-un-professionnel" or (francais is not None and francais.serie in MORALES)
        ),
        registres=("siv", "vehicules-voles"),
        electronique=serie == "e-avis",
        introuvable=serie == "pli-non-distribue",
    )


def _personne(graine: str, plaque: str, qualite: Qualite, *, morale: bool = False) -> Redevable:
    """An invented person, one company in eight; the lessee and the purchaser are not the holder."""
    registre = "siv" if qualite == "titulaire" else qualite
    tirage = _Tirage(f"{graine}/{registre}/{plaque}")
    listes = _listes()
    code_postal, ville = tirage.choisir(listes["communes"])
    adresse = Adresse(voie=f"{1 + tirage.nombre(98)} {tirage.choisir(listes['voies'])}", code_postal=code_postal, commune=ville)
    identite: PersonnePhysique | PersonneMorale
    if tirage.nombre(8) == 0 or morale:
        identite = PersonneMorale(raison_sociale=f"{tirage.choisir(listes['societes'])} {tirage.choisir(listes['formes'])}")
    else:
        identite = PersonnePhysique(
            nom=tirage.choisir(listes["noms"]),
            prenom=tirage.choisir(listes["prenoms"]),
            date_naissance=date(1945, 1, 1) + timedelta(days=tirage.nombre(22_000)),
            lieu_naissance=tirage.choisir(listes["communes"])[1],
        )
    return Redevable(qualite=qualite, identite=identite, adresse=adresse)


class _Tirage:
    """Numbers drawn from a text: the same text always gives the same ones."""

    def __init__(self, texte: str) -> None:
        self._reste = int.from_bytes(hashlib.sha256(texte.encode()).digest(), "big")

    def nombre(self, borne: int) -> int:
        self._reste, valeur = divmod(self._reste, borne)
        return valeur

    def choisir(self, liste: list[Any]) -> Any:
        return liste[self.nombre(len(liste))]
