"""Where a town is: its civil hour, its public holidays, whether it is overseas."""

from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

Territoire = Literal[
    "metropole", "alsace", "moselle", "guadeloupe", "martinique", "guyane", "la-reunion", "mayotte", "saint-barthelemy", "saint-martin"
]


class Lieu(NamedTuple):
    """The time zone of a territory, the subdivision that its own public holidays have (ISO 3166-2), whether it is overseas."""

    fuseau: ZoneInfo
    feries: str | None
    outre_mer: bool


def _outre_mer(ville: str, feries: str) -> Lieu:
    return Lieu(ZoneInfo(ville), feries, outre_mer=True)


_PARIS: Final = ZoneInfo("Europe/Paris")
# Public holidays: Code du travail, art. L. 3133-1 (everywhere), L. 3134-13 (Alsace, Moselle), L. 3422-2 (overseas).
TERRITOIRES: Final[dict[Territoire, Lieu]] = {
    "metropole": Lieu(_PARIS, None, outre_mer=False),
    "alsace": Lieu(_PARIS, "6AE", outre_mer=False),
    "moselle": Lieu(_PARIS, "57", outre_mer=False),
    "guadeloupe": _outre_mer("America/Guadeloupe", "971"),
    "martinique": _outre_mer("America/Martinique", "972"),
    "guyane": _outre_mer("America/Cayenne", "973"),
    "la-reunion": _outre_mer("Indian/Reunion", "974"),
    "mayotte": _outre_mer("Indian/Mayotte", "976"),
    "saint-barthelemy": _outre_mer("America/St_Barthelemy", "BL"),
    "saint-martin": _outre_mer("America/Marigot", "MF"),
}
