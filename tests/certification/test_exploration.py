"""The exploration: nothing is found on the reference collectivité, what no written check catches is, and it ends when it must."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fps_certification.certifier import certifier
from fps_certification.execution import Demande
from fps_certification.exploration.explorer import Consigne, Exploration, explorer
from fps_certification.exploration.partie import Coup
from fps_certification.exploration.reduction import reduire
from fps_certification.exploration.tirage import Tirage
from fps_certification.plans.plan import Plan, livres
from fps_certification.sujets.contrat import Action
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, Reponse, SujetEnFaute
from fps_certification.verdict import Issue, Sort
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.langue.modele import lire
from fps_simulateur.pilote.world import World
from tests.certification.mutants_exploration import ATTRAPES_DE_L_EXPLORATION, MUTANTS, TOMBE

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLAN = Plan(plan="exploration", titre="Ce que rien n'a écrit", exigences=("EX-850..EX-856",))
PAS = 2_500  # steps in which each wrong product is found: about half a minute of one processor


async def essayer(monde: World, nom: str, pas: int, sujet: Any = None, graine: str = "1", duree: float = 600) -> Exploration:
    ailleurs = Ailleurs(monde.pilot)
    return await explorer(Consigne(PLAN, graine, duree, nom, pas), ailleurs, sujet or Reference(ailleurs))


async def test_nothing_is_found_on_the_reference_collectivite(monde: World) -> None:
    found = await essayer(monde, "explo", 60)
    assert (found.difference, found.domaine, found.etat, found.pas) == (None, None, Issue.CONFORME, 60)
    assert found.gestes.keys() >= {"jour", "etablir", "payer", "rapo", "decider", "annuler", "baisser"}
    assert not [bac for bac in await monde.pilot.lister() if bac.startswith("explo-")]


@pytest.mark.timeout(7_200)
async def test_ten_thousand_steps_find_nothing_on_the_reference_collectivite(monde: World) -> None:
    found = await essayer(monde, "longue", 10_000, graine="2", duree=7_200)
    assert (found.texte, found.domaine, found.pas) == ("", None, 10_000)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("nom", list(MUTANTS))
async def test_what_is_wrong_in_a_combination_is_found_as_a_life_that_fails(
    monde: World, monkeypatch: pytest.MonkeyPatch, nom: str
) -> None:
    MUTANTS[nom](monde, monkeypatch)
    found = await essayer(monde, f"explo-{nom}"[:24], PAS)
    assert found.etat is Issue.NON_CONFORME and found.reduite and found.difference is not None
    (vie,) = lire(found.texte, "exploration.yaml")
    assert len(vie.etapes) <= 7 and found.difference.exigence == ATTRAPES_DE_L_EXPLORATION[nom], found.texte
    plan = Plan(plan="vies", titre="Une vie trouvée", exigences=(found.difference.exigence,))
    demande = Demande(plan, f"vie-{nom}"[:24], vies=(vie,))
    faux = (await certifier(demande, monde.client, monde.addresses, monde.token)).rapport
    assert faux.etat == "non-conforme"
    monkeypatch.undo()
    juste = (await certifier(demande, monde.client, monde.addresses, monde.token)).rapport
    assert (juste.etat, juste.fautes) == ("conforme", ())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("nom", list(livres()))
async def test_no_written_plan_catches_any_of_these_products(monde: World, monkeypatch: pytest.MonkeyPatch, nom: str) -> None:
    """All of them at once, but for the two that stand in the same place: what catches none of all catches none alone."""
    for sans in ("cheque-rejete-puis-repaye", "deux-fps-de-la-meme-plaque"):
        with monkeypatch.context() as patch:
            for un, poser in MUTANTS.items():
                if un != sans:
                    poser(monde, patch)
            demande = Demande(livres()[nom], f"ecrit-{nom}-{sans}"[:24])
            rapport = (await certifier(demande, monde.client, monde.addresses, monde.token)).rapport
        assert [e.id for e in rapport.exigences if e.sort is Sort.NON_CONFORME] == [] and rapport.fautes == ()


class Faux:
    """A product that does not do one thing as it must; the rest is that of the reference one."""

    def __init__(self, monde: World, action: str, faute: Exception | None):
        self._vrai, self._action, self._faute = Reference(Ailleurs(monde.pilot)), action, faute

    @property
    def nom(self) -> str:
        """Its name."""
        return "faux"

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Do it, fail, or stay silent."""
        if action.nom != self._action:
            return await self._vrai.agir(action, bac, donnees)
        if self._faute is not None:
            raise self._faute
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_silent_product_ends_in_its_time_and_is_a_fault_of_the_network(monde: World) -> None:
    found = await essayer(monde, "muet", 10, Faux(monde, "etablir", None), duree=0.5)
    assert (found.etat, found.domaine) == (Issue.CONFIGURATION, Domaine.RESEAU) and "n'a rien répondu" in found.phrase
    assert not [bac for bac in await monde.pilot.lister() if bac.startswith("muet-")]


async def test_what_a_product_does_not_do_is_left_out_and_one_that_falls_is_wrong(monde: World) -> None:
    found = await essayer(monde, "sans", 25, Faux(monde, "annuler", NonPrisEnCharge("annuler")))
    assert found.difference is None and "annuler" in found.non_pris_en_charge and found.etat is Issue.CONFORME
    tombe = SujetEnFaute(Domaine.PRODUIT, "le produit est tombé sur cette action.")
    found = await essayer(monde, "tombe", 60, Faux(monde, "lire", tombe))
    assert (
        found.difference is not None and found.difference.exigence == ATTRAPES_DE_L_EXPLORATION[TOMBE] and found.etat is Issue.NON_CONFORME
    )
    loin = SujetEnFaute(Domaine.RESEAU, "injoignable")
    assert (await essayer(monde, "loin", 9, Faux(monde, "etablir", loin))).etat is Issue.CONFIGURATION


async def test_a_sequence_is_cut_down_to_what_fails() -> None:
    coups = [Coup(dossier=str(rang)) for rang in range(13)]

    async def rejouer(essai: Any) -> bool:
        return {"3", "9"} <= {coup.dossier for coup in essai}

    assert [coup.dossier for coup in await reduire(coups, rejouer)] == ["3", "9"]


async def test_the_same_seed_draws_the_same_days() -> None:
    un, deux, autre = ([t.depart() for _ in range(20)] for t in (Tirage("7"), Tirage("7"), Tirage("8")))
    assert un == deux != autre and len(set(un)) > 5


async def test_the_command_says_what_it_found_and_plays_a_file_of_lives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from fps_console.commandes.vies_ecrites import vies_de

    place = tmp_path / "trouvee.yaml"
    etape = "{acte: établir un FPS, collectivite: {etat: paye}, prouve: [EX-850]}"
    place.write_text(f"# une vie\n- vie: une\n  titre: Une vie\n  etapes:\n  - {etape}\n")
    deja = vies_de(str(place))
    assert deja is not None and deja[0].exigences == ("EX-850",) and [vie.vie for vie in deja[1]] == ["une"]
