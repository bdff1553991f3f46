"""What the town charges: the amount of a FPS in a zone that day, and the charge for the longest paid duration, which it never exceeds."""

from collections.abc import Mapping
from datetime import date

from fps.droit.explication import noter, regle
from fps.messages.parties_prenantes import Categorie
from fps.villes.communes import Zone, commune


@regle("CGCT, art. L. 2333-87, I", "Barème de la zone ce jour-là, jamais au-dessus du prix de la durée maximale")
def bareme(siret: str, zone: str, categorie: Categorie, le: date) -> int:
    """The FPS of a zone before deduction, in centimes; what is charged for the longest duration is told beside it when it is known.

    The town's control of its own message refuses what would exceed it. Raises CommuneInconnue, HorsBareme.
    """
    ville = commune(siret)
    tarif = ville.zone(zone)
    montant, plafond = tarif.bareme(categorie, le), tarif.plafond(le, categorie)
    hypotheses = ", ".join(ville.hypotheses) or None
    noter("bareme", montant, le, max(d for d in tarif.fps if d <= le), ville.source("fps"), hypotheses)
    if plafond is not None:
        noter("plafond", plafond, le, max(d for d in tarif.versions(categorie) if d <= le), ville.source("tarifs"), hypotheses)
    return montant


def montants_du_jour(zone: Zone, le: date) -> Mapping[Categorie, int]:
    """The FPS of a zone by category of vehicle that day, in centimes; nothing before its first tariff."""
    depuis = max((d for d in zone.fps if d <= le), default=None)
    return {} if depuis is None else zone.fps[depuis]
