"""What the town charges: the amount of a FPS in a zone that day, and the charge for the longest paid duration, which it never exceeds."""

from collections.abc import Mapping
from datetime import date

from fps.droit.explication import noter, regle
from fps.messages.parties_prenantes import Categorie
from fps.villes.communes import Commune, Zone


def bareme_de(ville: Commune, zone: str, categorie: Categorie, le: date) -> int:
    """The FPS of a zone of a town before deduction, in centimes; raises HorsBareme."""
    tarif = ville.zone(zone)
    tarif.bareme(categorie, le)
    votes = {depuis: fps[categorie] for depuis, fps in tarif.fps.items() if categorie in fps}
    longue = tarif.duree_maximale
    prix = {depuis: grille[longue] for depuis, grille in tarif.versions(categorie).items() if longue in grille}
    return bareme(votes, prix, ville.source("fps"), ville.source("tarifs"), ", ".join(ville.hypotheses) or None, le)


@regle("CGCT, art. L. 2333-87, I", "Barème de la zone ce jour-là, jamais au-dessus du prix de la durée maximale")
def bareme(votes: dict[date, int], prix: dict[date, int], deliberation: str, grille: str, hypotheses: str | None, le: date) -> int:
    """The FPS that a town voted for a zone and a category, by date, in centimes; what the longest duration costs is told beside it.

    `deliberation` and `grille`: where each was read. The town's control of its own message refuses what would exceed the second. Raises
    ValueError before the first vote.
    """
    depuis = max(d for d in votes if d <= le)
    noter("bareme", votes[depuis], le, depuis, deliberation, hypotheses)
    fixe = max((d for d in prix if d <= le), default=None)
    if fixe is not None:
        noter("plafond", prix[fixe], le, fixe, grille, hypotheses)
    return votes[depuis]


def montants_du_jour(zone: Zone, le: date) -> Mapping[Categorie, int]:
    """The FPS of a zone by category of vehicle that day, in centimes; nothing before its first tariff."""
    depuis = max((d for d in zone.fps if d <= le), default=None)
    return {} if depuis is None else zone.fps[depuis]
