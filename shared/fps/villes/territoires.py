"""Where a town is: its civil hour, its public holidays, whether it is overseas."""

from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

Territoire = Literal[
    "metropole",
    "alsace",
    "moselle",
    "guadeloupe",
    "martinique",
    "guyane",
    "la-reunion",
    "mayotte",
    "saint-barthelemy",
    "saint-martin",
    "saint-pierre-et-miquelon",
]


class Particularites(NamedTuple):
    """The time zone of a territory, the subdivision that its own public holidays have (ISO 3166-2), whether it is overseas."""

    fuseau: ZoneInfo
    feries: str | None
    outre_mer: bool


def _outre_mer(ville: str, feries: str) -> Particularites:
    return Particularites(ZoneInfo(ville), feries, outre_mer=True)


_PARIS: Final = ZoneInfo("Europe/Paris")
# Legal hour: décret n° 2017-292 du 6 mars 2017.
# Public holidays: Code du travail, art. L. 3133-1 (everywhere), L. 3134-13 (Alsace, Moselle), L. 3422-2 (overseas).
TERRITOIRES: Final[dict[Territoire, Particularites]] = {
    "metropole": Particularites(_PARIS, None, outre_mer=False),
    "alsace": Particularites(_PARIS, "6AE", outre_mer=False),
    "moselle": Particularites(_PARIS, "57", outre_mer=False),
    "guadeloupe": _outre_mer("America/Guadeloupe", "971"),
    "martinique": _outre_mer("America/Martinique", "972"),
    "guyane": _outre_mer("America/Cayenne", "973"),
    "la-reunion": _outre_mer("Indian/Reunion", "974"),
    "mayotte": _outre_mer("Indian/Mayotte", "976"),
    "saint-barthelemy": _outre_mer("America/St_Barthelemy", "BL"),
    "saint-martin": _outre_mer("America/Marigot", "MF"),
    "saint-pierre-et-miquelon": _outre_mer("America/Miquelon", "PM"),
}
# The longest prefix counts: Saint-Barthélemy and Saint-Martin keep their postcodes of Guadeloupe.
CODES_POSTAUX: Final[dict[str, Territoire]] = {
    "97133": "saint-barthelemy",
    "97150": "saint-martin",
    "971": "guadeloupe",
    "972": "martinique",
    "973": "guyane",
    "974": "la-reunion",
    "975": "saint-pierre-et-miquelon",
    "976": "mayotte",
}


def territoire_de(code_postal: str) -> Territoire:
    """Where a postcode is; Alsace and Moselle are told by who writes the town."""
    return next((territoire for debut, territoire in CODES_POSTAUX.items() if code_postal.startswith(debut)), "metropole")
