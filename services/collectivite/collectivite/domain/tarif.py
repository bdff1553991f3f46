"""What the town charges: the amount of a FPS in a zone that day, and the charge for the longest paid duration, which it never exceeds."""

from datetime import date

from fps.droit.explication import noter, regle
from fps.messages.parties_prenantes import Categorie
from fps.villes.communes import Commune


def bareme_de(ville: Commune, zone: str, categorie: Categorie, le: date) -> int:
    """The FPS of a zone of a town before deduction, in centimes; raises HorsBareme."""
    tarif = ville.zone(zone)
    tarif.bareme(categorie, le)
    votes = {depuis: fps[categorie] for depuis, fps in tarif.fps.items() if categorie in fps}
    dates = {*tarif.versions(categorie), *tarif.durees} if tarif.plafond(le, categorie) is not None else ()
    prix = {depuis: plafond for depuis in dates if (plafond := tarif.plafond(depuis, categorie)) is not None}
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
