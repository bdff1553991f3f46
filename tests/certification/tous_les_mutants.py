"""Every product that is wrong in one way, what it must fail, and how it is tried."""

from typing import Any

import httpx
import pytest

from fps.parties import Party
from fps_certification.certifier import certifier
from fps_certification.execution import Demande
from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import Plan
from fps_certification.rapports.rapport import Rapport
from fps_certification.verdict import Sort
from fps_simulateur.pilote.world import World
from tests.certification import mutants, mutants_connexion, mutants_homologation
from tests.certification.mutants import Alteree, Mutant
from tests.certification.mutants_de_forme import ATTRAPES_DE_FORME, DE_FORME
from tests.certification.mutants_de_suite import ATTRAPES_DE_SUITE, DE_SUITE
from tests.certification.mutants_de_trop import ATTRAPES_DE_TROP, DE_TROP
from tests.certification.mutants_du_partiel import ATTRAPES_DU_PARTIEL, DU_PARTIEL
from tests.certification.mutants_du_rapo import ATTRAPES_DU_RAPO, DU_RAPO
from tests.certification.mutants_du_reseau import ATTRAPES_DU_RESEAU, DU_RESEAU

FAMILLES: tuple[tuple[Mutant, ...], ...] = (
    *(tuple(un) for un in (mutants.MUTANTS, mutants_homologation.MUTANTS, mutants_connexion.MUTANTS)),
    *(tuple(un) for un in (DU_RAPO, DU_PARTIEL, DE_FORME, DU_RESEAU, DE_SUITE, DE_TROP)),
)
TOUS = tuple(un for famille in FAMILLES for un in famille)
PRIS = {
    **mutants.ATTRAPES,
    **mutants_homologation.ATTRAPES,
    **mutants_connexion.ATTRAPES,
    **ATTRAPES_DU_RAPO,
    **ATTRAPES_DU_PARTIEL,
    **ATTRAPES_DE_FORME,
    **ATTRAPES_DU_RESEAU,
    **ATTRAPES_DE_SUITE,
    **ATTRAPES_DE_TROP,
}
TOUTES = tuple(e.id for e in exigences())


async def rien(message: Any, work: Any) -> None:
    """Take a letter and do nothing of it."""


async def oublier(sujet: str, work: Any) -> None:
    """Let a deadline pass, and do nothing."""


async def essayer(monde: World, mutant: Mutant, patch: pytest.MonkeyPatch) -> Rapport:
    """Put a wrong product in the place of the reference collectivité, and play its checks against every requirement."""
    ville = monde.services[Party.COLLECTIVITE]
    client = httpx.AsyncClient(transport=Alteree(ville.relay.carrier.client, mutant, monde))
    patch.setattr(ville.relay.carrier, "client", client)
    for cls in mutant.sourd:
        handlers: Any = ville.service.definition.handlers
        patch.setitem(handlers, cls, rien)
    if mutant.oublie:
        deadlines: Any = ville.service.definition.deadlines
        patch.setitem(deadlines, mutant.oublie, oublier)
    for nom, valeur in mutant.patches:
        patch.setattr(nom, valeur)
    lettres: Any = "poussees" if mutant.poussees else ""
    plan = Plan(plan="mutant", titre="Un produit faux", lettres=lettres, epreuves=mutant.epreuves, exigences=TOUTES, ville=mutant.ville)
    demande = Demande(plan, f"mutant-{TOUS.index(mutant)}", prealable=False)
    return (await certifier(demande, monde.client, monde.addresses, monde.token)).rapport


def rates(rapport: Rapport) -> set[str]:
    """The requirements that a run fails."""
    return {e.id for e in rapport.exigences if e.sort in (Sort.NON_CONFORME, Sort.HYPOTHESE_SEULE)}
