"""Finding the zone of a place from what somebody knows of it: a street with its number, a postcode, both."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from fps.errors import Introuvable, Refus
from fps.villes.zones import Zone

# The usual abbreviations of an address, as people write them.
ABREGES: Final = {
    "all": "allee",
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "ch": "chemin",
    "crs": "cours",
    "fg": "faubourg",
    "imp": "impasse",
    "pl": "place",
    "r": "rue",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
}
NUMERO: Final = re.compile(r"([0-9]{1,4}) ?((?:bis|ter|quater|[a-d])(?= ))? ?(.*)")


class ZoneIntrouvable(Introuvable):
    """Aucune zone de la collectivité n'est à cet endroit"""

    code = "zone-introuvable"
    article = "CGCT, art. L. 2333-87, I"
    que_faire = "Vérifiez la voie et le code postal, ou donnez le code de la zone (GET /communes)."


class ZoneAmbigue(Refus):
    """Plusieurs zones de la collectivité sont à cet endroit"""

    code = "zone-ambigue"
    article = "CGCT, art. L. 2333-87, I"
    que_faire = "Donnez le code de la zone, ou une voie avec son code postal qui ne soient que d'une seule."


def lire_voie(texte: str) -> tuple[str, str]:
    """The number and the street of an address, in one form: no capital, accent, punctuation nor abbreviation."""
    nu = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKD", texte).casefold() if not unicodedata.combining(c))
    mots = " ".join(nu.split())
    trouve = NUMERO.fullmatch(mots)
    numero, suffixe, voie = trouve.groups() if trouve else ("", "", mots)
    return numero + (suffixe or ""), " ".join(ABREGES.get(mot, mot) for mot in voie.split())


def situer(zones: Sequence[Zone], voie: str | None, code_postal: str | None, ou: str) -> Zone:
    """The only zone there: that of this number of the street, else of the street, else of the postcode. `ou`: the town, to tell.

    A street that a zone lists with a number is this number only. The zone of a town that has one only is everywhere but in another
    postcode. Raises ZoneIntrouvable, ZoneAmbigue.
    """
    dit = ", ".join(x for x in (voie, code_postal) if x) or "ni zone, ni voie, ni code postal"
    trouvees = _de_la_voie(zones, voie)
    if code_postal is not None:
        trouvees = [zone for zone in trouvees or zones if code_postal in zone.codes_postaux]
    elif not trouvees and voie is not None and len(zones) == 1:
        trouvees = list(zones)
    if not trouvees:
        raise ZoneIntrouvable(f"{ou} : {dit[:160]}.", "zone")
    if len(trouvees) > 1:
        codes = ", ".join(f"« {zone.code} »" for zone in trouvees)
        raise ZoneAmbigue(f"{ou} : {dit[:160]} ; zones {codes}.", "zone")
    return trouvees[0]


def _de_la_voie(zones: Sequence[Zone], voie: str | None) -> list[Zone]:
    numero, nom = lire_voie(voie or "")
    if not nom:
        return []
    lues = [(zone, lue) for zone in zones for lue in map(lire_voie, zone.voies) if lue[1] == nom]
    for cherche in (numero, "") if numero else ("",):
        if trouvees := list({zone.code: zone for zone, (sien, _) in lues if sien == cherche}.values()):
            return trouvees
    return []
