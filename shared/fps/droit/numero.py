"""The 26-digit number of an avis de paiement, its key, and the check of a SIRET."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from stdnum.fr import siret as stdnum_siret

from fps.errors import Refus

ARTICLE = "Arrêté du 6 novembre 2015, art. 4"


class NumeroInvalide(Refus):
    """Le numéro d'avis de paiement n'est pas valable"""

    code = "numero-invalide"
    article = ARTICLE
    que_faire = "Composez le numéro : SIRET (14), année (2), autorité (1), jour de l'année (3), dispositif ou agent (3), ordre (3)."


def cle(numero: str) -> str:
    """The key of a number: the remainder of its division by 97, on two digits (hypothesis H01, seen on printed notices)."""
    return f"{int(numero) % 97:02d}"


@lru_cache(maxsize=4096)
def siret_valide(siret: str) -> bool:
    """True when the 14 digits pass the Luhn check, with the exception of La Poste."""
    return len(siret) == 14 and siret.isascii() and siret.isdigit() and bool(stdnum_siret.is_valid(siret))


def _chiffres(nom: str, valeur: int, largeur: int) -> str:
    if not 0 <= valeur < 10**largeur:
        raise NumeroInvalide(f"{nom} : {valeur} ne tient pas sur {largeur} chiffre(s).", nom)
    return f"{valeur:0{largeur}d}"


@dataclass(frozen=True, slots=True)
class NumeroFps:
    """The parts of a number, in the order of the arrêté of 6 November 2015, art. 4."""

    siret: str
    annee: int
    autorite: int
    jour: int
    dispositif: int
    ordre: int

    @classmethod
    def lire(cls, texte: str) -> "NumeroFps":
        """Parse 26 digits, spaces and hyphens ignored; raises NumeroInvalide."""
        chiffres = texte.replace(" ", "").replace("-", "").replace("\u00a0", "").replace("\u202f", "")
        if len(chiffres) != 26 or not (chiffres.isascii() and chiffres.isdigit()):
            raise NumeroInvalide(f"Un numéro a 26 chiffres ; « {texte[:40]} » n'en a pas 26.", "numero_fps")
        numero = cls(
            siret=chiffres[:14],
            annee=int(chiffres[14:16]),
            autorite=int(chiffres[16]),
            jour=int(chiffres[17:20]),
            dispositif=int(chiffres[20:23]),
            ordre=int(chiffres[23:]),
        )
        if numero.date_etablissement is None:
            raise NumeroInvalide(f"Le jour {numero.jour:03d} n'existe pas dans l'année 20{numero.annee:02d}.", "numero_fps")
        return numero

    @classmethod
    def composer(cls, siret: str, jour: date, *, autorite: int, dispositif: int, ordre: int) -> "NumeroFps":
        """Build the number of a notice established on `jour` (civil day of the town); raises NumeroInvalide when a part does not fit."""
        if not siret_valide(siret):
            raise NumeroInvalide(f"Le SIRET {siret[:20]} n'est pas valable.", "siret")
        if not 2000 <= jour.year <= 2099:
            raise NumeroInvalide(f"L'année {jour.year} ne tient pas sur deux chiffres.", "jour")
        _chiffres("autorite", autorite, 1)
        _chiffres("dispositif", dispositif, 3)
        _chiffres("ordre", ordre, 3)
        return cls(siret, jour.year % 100, autorite, jour.timetuple().tm_yday, dispositif, ordre)

    @property
    def date_etablissement(self) -> date | None:
        """The day the notice was established (21st century), or None when the day does not exist in that year."""
        debut = date(2000 + self.annee, 1, 1)
        jour = debut + timedelta(days=self.jour - 1)
        return jour if jour.year == debut.year else None

    @property
    def cle(self) -> str:
        """The two digits of the key."""
        return cle(str(self))

    @property
    def telepaiement(self) -> str:
        """The 28 digits asked by the payment site: number and key."""
        return f"{self}{self.cle}"

    @property
    def affichage(self) -> str:
        """The number as printed on the notice: SIRET YY A DDD TTT NNN  Clé KK."""
        return f"{self.siret} {self.annee:02d} {self.autorite} {self.jour:03d} {self.dispositif:03d} {self.ordre:03d}  Clé {self.cle}"

    def __str__(self) -> str:
        return f"{self.siret}{self.annee:02d}{self.autorite}{self.jour:03d}{self.dispositif:03d}{self.ordre:03d}"


def jour_du_numero(numero: str) -> date:
    """The civil day of the finding, which the number of a FPS that was accepted bears (H04); raises NumeroInvalide."""
    jour = NumeroFps.lire(numero).date_etablissement
    if jour is None:
        raise NumeroInvalide(f"Le numéro {numero[:40]} ne porte aucun jour.", "numero_fps")
    return jour


def telepaiement(numero: str) -> str:
    """The 28-digit télépaiement number of a 26-digit number."""
    return numero + cle(numero)


def numero_titre(annee: int, ordre: int) -> str:
    """The number of a collective title: year (2) and order (8) (hypothesis H03); raises NumeroInvalide when it does not fit."""
    return f"{annee % 100:02d}" + _chiffres("ordre", ordre, 8)


def telepaiement_titre(titre: str, rang: int) -> str:
    """The 20-digit télépaiement number of a FPS majoré: title (10), rank (8), key (2) (hypothesis H03)."""
    corps = titre + _chiffres("rang", rang, 8)
    return corps + cle(corps)
