"""What the product may show of a dossier, given what ANTAI and the accountant show of it: the states of the contract, and the sums."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fps_certification.exploration.suivi import Suivi

# The states that the product may show for each one that ANTAI shows; the first is the one that a life expects.
ETATS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("etabli", "refuse"),
    "transmis": ("transmis",),
    "apa-envoye": ("transmis", "notifie"),
    "notifie": ("transmis", "notifie"),
    "impaye": ("transmis", "notifie", "impaye"),
    "paye": ("paye",),
    "paye-minore": ("paye-minore",),
    "annule": ("annule",),
    "annule-a-rembourser": ("annule",),
    "titre-emis": ("transmis", "notifie", "impaye"),
    "titre-paye": ("titre-paye",),
    "titre-annule": ("annule",),
    "abandonne": ("abandonne",),
}
AMIABLES: Final = frozenset({"transmis", "apa-envoye", "notifie", "impaye"})
ANNULES: Final = frozenset({"annule", "annule-a-rembourser"})


def etats(s: Suivi) -> tuple[str, ...]:
    """The states that the product may show; raises KeyError for a state of ANTAI that is unknown here."""
    if s.etat == "titre-emis" and s.dgfip is not None and not s.part_due:
        return ("titre-paye",)  # the collectivité has its share, the State waits for its own (H17)
    return ETATS[s.etat]


def sommes(s: Suivi) -> dict[str, int]:
    """The sums that the product must show, if it shows them, in centimes; those that nothing decides are not there."""
    a = s.antai
    if a is None:
        return {}
    if s.etat in AMIABLES:
        return {"montant_actuel": a["montant"], "creance": a["montant"], "dette": 0}
    dette = {} if s.rejets and s.rendu else {"dette": max(a["a_rembourser"] - s.rendu, 0)}  # what was given back of a cheque that bounced
    if s.etat in ANNULES:
        return {"montant_actuel": 0, "creance": 0} | dette
    if s.etat in {"paye", "paye-minore"}:
        return {"montant_actuel": a["montant"], "creance": 0} | dette
    if s.etat in {"titre-emis", "titre-paye"} and s.dgfip is not None:
        return {"creance": s.part_due}
    return {}


def ecarts(s: Suivi, vu: Mapping[str, Any]) -> Iterator[tuple[str, str, Any, Any]]:
    """What the product shows that it may not: the requirement, the field, what was expected, what came."""
    permis = etats(s)
    if vu.get("etat") not in permis:
        yield "EX-850", "etat", permis[0], vu.get("etat")
    for champ, somme in sommes(s).items():
        if champ in vu and vu[champ] != somme:
            yield "EX-851", champ, somme, vu[champ]
