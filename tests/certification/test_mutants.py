"""The suite is itself tried: each product that is wrong in one way is caught by what is named for it, and by nothing else."""

import pytest

from fps_certification.certifier import Certifiee, certifier, rejuger
from fps_certification.execution import Demande
from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import livres
from fps_certification.preuves.liasse import Liasse
from fps_simulateur.pilote.world import World
from tests.certification import score
from tests.certification.mutants import Mutant
from tests.certification.mutants_des_courriers import ATTRAPES_DES_COURRIERS, MENTIONS, sans
from tests.certification.sans_mutant import PLUS, SANS_MUTANT
from tests.certification.tous_les_mutants import FAMILLES, PRIS, TOUS, essayer, rates

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("mutant", TOUS, ids=str)
async def test_a_wrong_product_is_caught_by_what_is_named_for_it_and_by_nothing_else(
    monde: World, mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    rapport = await essayer(monde, mutant, monkeypatch)
    found = rates(rapport)
    assert found == set(PRIS[mutant.nom].split()) and found, [(e.id, e.echecs[0]) for e in rapport.exigences if e.id in found]
    assert rapport.code != 0


async def test_a_letter_that_lacks_a_mention_is_caught_when_the_recorded_run_is_judged_again(
    monde: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: Certifiee = await certifier(Demande(livres()["documents"], "courriers"), monde.client, monde.addresses, monde.token)
    lue = Liasse(dict(found.entete), tuple(found.trace.lignes), {}, "", False)
    assert rates(found.rapport) == rates((await rejuger(lue))[1]) == set()
    pris = {}
    for id_ in MENTIONS:
        with sans(id_, monkeypatch):
            pris[f"courrier-sans-{id_}"] = " ".join(sorted(rates((await rejuger(lue))[1])))
    assert pris == ATTRAPES_DES_COURRIERS


async def test_sixty_wrong_products_are_tried() -> None:
    assert len(TOUS) >= 60 and [m.nom for m in TOUS] == list(PRIS)


async def test_what_is_tried_and_that_no_wrong_product_fails_has_its_reason() -> None:
    """A requirement that a mutant kills leaves the list, which never grows."""
    essayees = {e.id for e in exigences() if e.non_teste is None}
    assert set(SANS_MUTANT) == essayees - score.tuees() and len(SANS_MUTANT) <= PLUS


async def test_the_score_of_make_check_is_that_of_the_table_and_of_what_it_plays(monde: World, capsys: pytest.CaptureFixture[str]) -> None:
    joues = score.echantillon()
    assert len(joues) == len({m.nom for m in joues}) == len(FAMILLES)
    assert score.dire({m.nom: PRIS[m.nom] for m in joues}) == 0 and "(100 %)" in capsys.readouterr().out
    faux = {m.nom: PRIS[m.nom] for m in joues} | {joues[0].nom: "EX-000"}
    assert score.dire(faux) == 1 and joues[0].nom in capsys.readouterr().out
