"""A file of lives in the place of a plan: what the exploration wrote, or what somebody wrote by hand."""

from pathlib import Path

from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import Plan, livres
from fps_console.commandes.output import Panne
from fps_simulateur.langue.fautes import ViesIllisibles, proche
from fps_simulateur.langue.modele import Vie
from fps_simulateur.langue.modele import lire as lire_vies


def vies_de(nom: str | None) -> tuple[Plan, tuple[Vie, ...]] | None:
    """The lives of a file, and the plan that tries what they prove; None when it is a plan. Raises Panne with every fault."""
    place = None if nom is None or nom in livres() else Path(nom)
    if place is None or not place.is_file():
        return None
    try:
        texte = place.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    dites = (ligne for ligne in texte.splitlines() if ligne.strip() and not ligne.lstrip().startswith(("#", "---", "%")))
    if not next(dites, "").startswith("-"):  # a plan has keys; its lists may begin at the same column
        return None
    try:
        vies = tuple(lire_vies(texte, place.name, place.parent))
    except ViesIllisibles as error:
        raise Panne(f"Ces vies ne se lisent pas :\n{error}", "Corrigez chaque ligne.", code="vie-illisible", statut=2) from error
    prouve = {un for vie in vies for etape in vie.etapes for un in etape.prouve}
    if inconnues := sorted(prouve - {e.id for e in exigences()}):
        phrase = f"« {inconnues[0]} » n'est pas une exigence{proche(inconnues[0], [e.id for e in exigences()]) or '.'}"
        raise Panne(phrase, "« fps certifier --exigences » les montre.", code="exigence-inconnue", statut=2)
    ville = vies[0].ville if isinstance(vies[0].ville, str) else "lille"
    vise = tuple(sorted(prouve)) or ("EX-852",)
    return Plan(plan="vies", titre=f"Les vies de {place.name}", exigences=vise, ville=ville), vies
