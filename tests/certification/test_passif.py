"""An ordinary traffic is judged: what was seen is met, what was not is still to be shown, and its evidence is verified like another."""

from dataclasses import replace
from pathlib import Path

import pytest

from fps.kit.ground.clock import paris
from fps_certification.certifier import certifier, verifier
from fps_certification.execution import DEPART, Demande, Mode
from fps_certification.passif import observer
from fps_certification.plans.plan import Plan, livres
from fps_certification.preuves import signature
from fps_certification.sujets.reference import Reference
from fps_certification.verdict import Sort
from fps_console.commandes.verdicts import compter
from fps_simulateur.joueur import Ailleurs, Deroulement
from fps_simulateur.langue.modele import lire
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
VIE = """
- vie: ordinaire
  titre: Une journée ordinaire de la collectivité
  etapes:
    - { acte: établir un FPS, avec: { plaque: AB-123-CD } }
    - { acte: établir un FPS, avec: { plaque: B AB 1234, pays: DE } }
    - { dossier: fps, le: notification, acte: payer le FPS, avec: { montant: 3500, moyen: internet } }
"""
PLAN = Plan(plan="vu", titre="Ce qui a été vu", exigences=("EX-101..EX-105", "EX-190..EX-192"), bac="ordinaire")


async def parler(monde: World, bac: str) -> None:
    """A product speaks, that nobody drives for the certification: the reference one."""
    await monde.pilot.creer(bac, paris(DEPART))
    await monde.pilot.observer(bac)
    (vie,) = lire(VIE, "ordinaire.yaml")
    await Deroulement(monde, vie, bac).jouer()


async def test_an_ordinary_traffic_is_judged_and_its_evidence_is_verified(
    monde: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await parler(monde, "ordinaire")
    demande = Demande(PLAN, "vu", mode=Mode.OBSERVER)
    vu = await certifier(demande, monde.client, monde.addresses, monde.token)
    assert vu.rapport.produit == "trafic du bac ordinaire" and (vu.rapport.etat, vu.rapport.fautes) == ("incomplet", ())
    assert [e.id for e in vu.rapport.exigences if e.sort is Sort.NON_PROUVE] == ["EX-192"]  # only the product itself shows it
    compter(vu.rapport)
    said = capsys.readouterr().out
    assert "7 exigences obligatoires montrées sur 8" in said and "Une plaque étrangère est transmise" in said
    vu.prouver(tmp_path / "vu", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "vu"))[1] == vu.rapport

    whole = livres()["cycle-complet"].model_copy(update={"bac": "ordinaire"})
    lu = await observer(replace(demande, plan=whole), Ailleurs(monde.pilot), Reference(Ailleurs(monde.pilot)))
    sorts = {r.exigence.id: r.sort for r in lu.rendus}
    assert {sorts[un] for un in ("EX-190", "EX-192", "EX-510")} == {Sort.CONFORME} and sorts["EX-511"] is Sort.NON_PROUVE


async def test_a_bac_where_nothing_was_said_proves_nothing_and_a_bac_that_is_not_there_is_a_configuration(
    monde: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await monde.pilot.creer("muet", paris(DEPART))
    for bac, etat in (("muet", "incomplet"), ("absent", "configuration")):
        plan = PLAN.model_copy(update={"bac": bac})
        found = (await certifier(Demande(plan, bac, mode=Mode.OBSERVER), monde.client, monde.addresses, monde.token)).rapport
        assert (found.etat, {e.sort for e in found.exigences}) == (etat, {Sort.NON_PROUVE})
    compter(found)
    assert "observé à partir de maintenant" in capsys.readouterr().out


async def test_what_the_product_shows_wrongly_is_a_failure_and_what_nobody_asks_is_not_one(monde: World) -> None:
    await parler(monde, "montre")

    class Distrait(Reference):
        async def agir(self, action: object, bac: str, donnees: object) -> object:  # type: ignore[override]
            answer = await super().agir(action, bac, donnees)  # type: ignore[arg-type]
            return replace(answer, corps={**answer.corps, "etat": "transmis"})

    plan = PLAN.model_copy(update={"bac": "montre", "exigences": ("EX-510", "EX-190")})
    found = await observer(Demande(plan, "montre", mode=Mode.OBSERVER), Ailleurs(monde.pilot), Distrait(Ailleurs(monde.pilot)))  # type: ignore[arg-type]
    assert [(r.exigence.id, r.sort) for r in found.rendus] == [("EX-190", Sort.CONFORME), ("EX-510", Sort.NON_CONFORME)]
