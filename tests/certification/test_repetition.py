"""A draft figure of the law is tried on recorded runs: what depends on it breaks, nothing else does, the installed law stays."""

from datetime import date
from itertools import count
from pathlib import Path

import pytest

from fps.droit import droit
from fps_certification.certifier import certifier, rejuger
from fps_certification.execution import Demande
from fps_certification.plans.plan import Plan
from fps_certification.preuves import liasse, signature
from fps_certification.rapports.rapport import Rapport
from fps_certification.repetition import BrouillonIllisible, Passage, lire, repeter
from fps_console.cli.principal import main
from fps_simulateur.pilote.world import World

RANG = count()
DEMAIN = "majoration_minimum: {2027-01-01: {valeur: 6000, reference: Projet de décret}}"
SANS_EFFET = "majoration_minimum: {2027-01-01: {valeur: 5000}}"
FAUX = """majoration_minimun: {2027-01-01: {valeur: 6000}}
majoration_pourcent:
  2027-01-01: {valeur: vingt}
rapo_delai_mois: 3
recours_delai_mois: {2017-01-01: {valeur: 3}}
defense_mois: {2027-01-01: {valeur: 3, note: oui}}
"""
CONTENTIEUX = Plan(
    plan="court",
    titre="Une décharge partielle, et des pièces",
    epreuves=("contentieux-partiel", "contentieux-pieces"),
    exigences=("EX-740", "EX-741", "EX-713"),
)


async def jouer(monde: World, plan: Plan) -> Rapport:
    demande = Demande(plan, f"repetition-{next(RANG)}", prealable=False)
    return (await certifier(demande, monde.client, monde.addresses, monde.token)).rapport


@pytest.mark.asyncio(loop_scope="session")
async def test_a_draft_breaks_what_depends_on_its_figure_and_nothing_else(monde: World) -> None:
    passage = Passage("un", "court", lambda: jouer(monde, CONTENTIEUX))
    [casse] = await repeter([passage], lire(DEMAIN + "\nrecours_etranger_mois: {2027-01-01: {valeur: 4}}", "essai.yaml"))
    c = casse.changement
    assert (casse.exigence.id, c.nom, c.avant, c.apres, c.article) == ("EX-741", "majoration_minimum", 5000, 6000, "Projet de décret")
    assert (casse.le, c.le) == ("2024-07-16", date(2027, 1, 1)) and "net_du = 8500" in casse.phrase
    assert droit(date(2024, 7, 16)).majoration_minimum == 5000, "the installed law is as it was"
    assert await repeter([passage], lire(SANS_EFFET, "essai.yaml")) == ()


@pytest.mark.asyncio(loop_scope="session")
async def test_what_a_product_sent_is_judged_again_under_a_draft(monde: World, tmp_path: Path) -> None:
    plan = Plan(
        plan="partiel", titre="Un FPS impayé", ville="bourg", epreuves=("partiel-impaye",), exigences=("EX-330", "EX-335", "EX-1119")
    )
    faite = await certifier(Demande(plan, "repetition-partiel", prealable=False), monde.client, monde.addresses, monde.token)
    faite.prouver(tmp_path / "preuve", signature.cle(tmp_path))

    async def relire() -> Rapport:
        return (await rejuger(liasse.lire(tmp_path / "preuve")))[1]

    casses = await repeter([Passage("un", "partiel", relire)], lire("delai_paiement_mois: {2027-01-01: {valeur: 2}}", "essai.yaml"))
    assert [c.exigence.id for c in casses] == ["EX-1119"], "the day it told is no longer that of the law"


def test_each_fault_of_a_draft_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BrouillonIllisible) as caught:
        lire(FAUX, "essai.yaml")
    fautes = str(caught.value).splitlines()
    assert [f.partition(" : ")[0].split(",")[1] for f in fautes] == [f" ligne {n}" for n in (1, 3, 4, 5, 6)]
    assert "vouliez-vous dire « majoration_minimum »" in fautes[0] and "il n'en crée pas" in fautes[3]
    (tmp_path / "faux.yaml").write_text(FAUX, "utf-8")
    assert main(["certifier", "rapo", "--droit", str(tmp_path / "faux.yaml"), "--data-dir", str(tmp_path)]) == 2
    assert "Ce brouillon ne se lit pas" in capsys.readouterr().err
