"""The language of the lives beside the services: each public route that writes is an act, or is named with its reason."""

import re
from functools import cache
from typing import Any, Final

from fps.parties import SERVICES, Party
from fps_console.documentation.ecriture import openapis
from fps_simulateur.langue.actes import ACTES, EXPLICATIONS, LETTRES, VUES
from fps_simulateur.langue.modele import catalogue

# Routes that write and are no act of a life, by what their address begins with.
HORS: Final = {
    "/pilotage/": "the pilot's doors: time and worlds, not what somebody does in one",
    "/flux/": "a letter between two systems: its act is named by the message, when somebody outside the four services writes it",
    "/boites/": "the mailbox of an editor's system",
    "/messages": "the mailbox of an editor's system",
    "/destinations/": "where an editor's letters go",
    "/certificats": "the enrolment of a town's systems",
    "/psce/": "the enrolment of a town's systems",
    "/collectivites/": "the enrolment of a town's systems",
    "/teletransmission/": "the enrolment of a town's systems",
    "/espaces": "the enrolment of a town, at ANTAI",
    "/portail/": "the agents' doors at the court, with a session; the defence itself is an act",
    "/controles/{}": "how ANTAI enrols: seule, à la main, toujours non",
    "/fps/lot": "several FPS at once, the same act",
}
# Letters of an editor's product that no life of the catalogue writes: the reference collectivité writes them itself, in other lives.
DU_PRODUIT: Final = {
    "modifier un FPS",
    "annuler un FPS",
    "émettre un titre d'annulation de recette",
    "émettre un mandat de remboursement",
    "déposer un mémoire",
    "produire une pièce",
}


def forme(route: str) -> str:
    return re.sub(r"\{\w+\}", "{}", route)


@cache
def contrats() -> dict[Party, dict[str, Any]]:
    return openapis()


def routes(*methodes: str) -> set[tuple[Party, str, str]]:
    """Service, method, route without the names of its places."""
    return {
        (party, methode.upper(), forme(route))
        for party, contrat in contrats().items()
        for route, operations in contrat["paths"].items()
        for methode in operations
        if methode.upper() in methodes
    }


def test_every_public_route_that_writes_is_an_act_or_has_its_reason() -> None:
    actes = {(a.a, a.methode, forme(a.route)) for a in ACTES.values()}
    oubliees = {r for r in routes("POST", "PUT", "DELETE", "PATCH") - actes if not r[2].startswith(tuple(HORS))}
    assert oubliees == set()
    assert {debut for debut in HORS if not any(r[2].startswith(debut) for r in routes("POST", "PUT", "DELETE"))} == set()


def test_every_act_and_every_view_is_a_route_that_a_service_has() -> None:
    toutes = routes("GET", "POST", "PUT")
    assert {a.nom for a in ACTES.values() if (a.a, a.methode, forme(a.route)) not in toutes} == set()
    assert set(VUES) == set(SERVICES)
    vues = [*VUES.items(), *EXPLICATIONS.items()]
    assert [vue for vue in vues if (vue[0], "GET", forme(vue[1])) not in toutes] == []


def test_every_act_is_done_by_a_life_of_the_catalogue_or_has_its_reason() -> None:
    faits = {etape.acte for vie in catalogue() for etape in vie.etapes}
    assert {nom for nom in ACTES if nom not in faits} == DU_PRODUIT
    assert {LETTRES[nom].sender for nom in DU_PRODUIT} == {Party.COLLECTIVITE}
