"""The letters of a product: each mention that a text wants is one requirement, and the letter that lacks it fails that one alone."""

from pathlib import Path

import pytest

from fps_certification.assertions.documents import du_produit, nom_de
from fps_certification.certifier import certifier, verifier
from fps_certification.deroule import Jouee
from fps_certification.execution import Demande
from fps_certification.exigences.lecture import exigences
from fps_certification.observation import Courrier, Observation
from fps_certification.plans.plan import Plan, livres
from fps_certification.preuves import signature
from fps_certification.verdict import Sort, rendre
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
SIRET = "21000200200017"


async def test_each_mention_is_caught_by_its_own_requirement_and_a_letter_that_lacks_none_holds_them() -> None:
    plan = Plan(plan="courriers", titre="Les courriers", exigences=("EX-350..EX-399",))
    de = {nom: e.id for e in exigences() for nom in e.assertions}
    essais = 0
    for type_, liste in du_produit().items():
        for fausse in (None, *liste.exigences):
            mentions = tuple((une.mention, "le champ est vide" if une is fausse else "") for une in liste.exigences)
            vue = Observation(SIRET, (), courriers=(Courrier(type_, "1", "c", mentions),))
            rendus = rendre(plan, [(Jouee("courriers", "b", ()), vue)]).rendus
            rates = [r.exigence.id for r in rendus if r.sort is Sort.NON_CONFORME]
            assert rates == ([] if fausse is None else [de[nom_de(type_, fausse)]])
            assert sum(r.sort is Sort.CONFORME for r in rendus) == len(liste.exigences) - len(rates)
            essais += 1
    assert essais == len(plan.portee()) + len(du_produit())


async def test_a_requirement_of_a_letter_cites_the_article_of_its_mention() -> None:
    cites = {nom: e.source.article for e in exigences() for nom in e.assertions}
    assert [nom_de(t, une) for t, liste in du_produit().items() for une in liste.exigences if cites[nom_de(t, une)] != une.article] == []


async def test_what_was_printed_is_in_the_evidence_and_is_read_again(monde: World, tmp_path: Path) -> None:
    plan = livres()["documents"].model_copy(update={"epreuves": ("documents-rejet",), "exigences": ("EX-350..EX-357", "EX-370")})
    found = await certifier(Demande(plan, "imprime", prealable=False), monde.client, monde.addresses, monde.token)
    assert (found.rapport.etat, len(found.rapport.exigences)) == ("conforme", 9)
    assert sum("octets" in ligne for ligne in found.trace.lignes) == 3  # the notice, the accusé, the decision
    found.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "preuve"))[1] == found.rapport
