"""What is looked at before a duel: each product has a certificate of its own, with its rights only, so that it can be told apart."""

from collections.abc import Iterator, Sequence
from typing import Final

from fps.parties import LIBELLES, Party
from fps_certification.plans.plan import Plan
from fps_certification.prealable.certificats import Depot
from fps_certification.prealable.constat import Constat, bon, mauvais

CONTROLE: Final = f"certificats du duel ({LIBELLES[Party.ANTAI]})"
PARTAGE: Final = "suivi"  # the right that every provider may have: to read


def certificats(plan: Plan, actifs: Sequence[Depot]) -> Iterator[Constat]:
    """Faults: a certificate with the rights of two products, a product that has none. `actifs`: those that may be used at ANTAI."""
    vus: set[str] = set()
    sains = True
    for depot in actifs:
        siens = dict.fromkeys(nom for role in plan.produits if role in depot.droits - {PARTAGE} and (nom := plan.tenu_par(role)))
        vus.update(siens)
        if len(siens) > 1:
            sains = False
            phrase = (
                f"Le certificat {depot.cle[:16]}… a les droits de deux produits ({', '.join(siens)}) : ce qu'il porte n'est à personne."
            )
            yield mauvais(
                CONTROLE, phrase, "Donnez à chaque produit son certificat, et à chaque certificat ses seuls droits, à l'activation."
            )
    for nom in plan.adversaires():
        if nom not in vus and nom != PARTAGE:
            sains = False
            yield mauvais(
                CONTROLE,
                f"Aucun certificat actif n'a le droit « {nom} ».",
                "Enrôlez ce produit : fps enroler SIRET --bac BAC --droit " + nom + ".",
            )
    if sains:
        yield bon(CONTROLE, f"un par produit : {', '.join(plan.adversaires())}")
