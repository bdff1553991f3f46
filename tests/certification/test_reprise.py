"""A run that is killed goes on: what was judged is not played again, and its report is the one of a run that nobody cut."""

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from fps.droit import parametres, provisoire
from fps.kit.ground.clock import paris
from fps.kit.ground.settings import Settings
from fps_certification.certifier import Certifiee, certifier, verifier
from fps_certification.execution import DEPART, Demande
from fps_certification.plans.plan import Plan, Produit
from fps_certification.preuves import liasse, signature
from fps_certification.preuves.cours import Cours, EnCours, entete, interrompues
from fps_certification.preuves.trace import Divergence
from fps_console.commandes.output import Panne
from fps_console.commandes.reprises import cours_de, dossier
from fps_simulateur.pilote.world import World
from tests.console.simulator import clean_environment, here

PLAN = {
    "plan": "coupe",
    "titre": "Un passage coupé",
    "epreuves": ["amiable-transmis", "amiable-paye", "amiable-baisse", "rapo-accepte", "rapo-lendemain", "amiable-etranger"],
    "exigences": ["EX-101..EX-105", "EX-190", "EX-192", "EX-301", "EX-304", "EX-510"],
}
ENSEMBLE = 3
pytestmark = pytest.mark.timeout(300)
# The command, in a process that dies as it writes, by halves, the check that comes after the first ones.
TUE = """
import os, signal, sys
from fps_certification.preuves.cours import Cours
from fps_console.cli.principal import main
ecrire, reste = Cours._ecrire, int(sys.argv[1])
def mourir(self, ligne):
    global reste
    reste -= "lignes" in ligne
    if reste < 0:
        self._file.write(b'{"rang": 1, "secondes": 0.1, "lig')
        self._file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    ecrire(self, ligne)
Cours._ecrire = mourir
sys.exit(main(sys.argv[2:]))
"""


def tuer(apres: int, *typed: str) -> None:
    """The command, killed when so many checks have ended."""
    done = subprocess.run([sys.executable, "-c", TUE, str(apres), *typed], env=clean_environment(), check=False, timeout=90)
    assert done.returncode == -signal.SIGKILL


def anonyme(dit: Any) -> str:
    """What is said of a run, but how long it took, the instants of the machine and the names of its bacs."""
    sans = json.dumps({nom: valeur for nom, valeur in dit.items() if nom != "mesures"}, sort_keys=True)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z", "T", re.sub(r"certif-[0-9a-f]{6}(-\d+)?(-r\d+)?", r"X\1", sans))


def demandes(preuve: Path) -> Counter[str]:
    """What an evidence says that the product was asked and answered, whatever the order of checks that were played together."""
    champs = ("action", "bac", "donnees", "statut")
    return Counter(anonyme({nom: une[nom] for nom in champs}) for une in liasse.lire(preuve).lignes if une["quoi"] == "produit")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("plan") / "coupe.yaml"
    place.write_text(yaml.safe_dump(PLAN), "utf-8")
    return str(place)


@pytest.fixture(scope="module")
def entiere(plan: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Counter[str]]:
    """A run that nobody cut: its report, what its evidence says that was asked."""
    place = tmp_path_factory.mktemp("entiere")
    done = here("certifier", plan, "--json", "--preuve", place / "preuve", data_dir=place)
    assert done.returncode == 0, done
    return anonyme(json.loads(done.stdout)), demandes(place / "preuve")


def test_a_run_killed_twice_goes_on_to_the_report_the_evidence_and_the_status_of_a_run_that_nobody_cut(
    plan: str, entiere: tuple[str, Counter[str]], tmp_path: Path
) -> None:
    donnees, preuve = str(tmp_path / "d"), tmp_path / "preuve"
    tuer(1, "certifier", plan, "--parallele", str(ENSEMBLE), "--data-dir", donnees)
    tuer(2, "certifier", plan, "--reprendre", "--data-dir", donnees)
    done = here("certifier", plan, "--reprendre", "--json", "--preuve", preuve, data_dir=tmp_path / "d")
    assert done.returncode == 0 and "3 déjà jugées" in done.stderr, done
    assert (anonyme(json.loads(done.stdout)), demandes(preuve)) == entiere
    verified = here("verifier", preuve, "--json")
    assert verified.returncode == 0 and anonyme(json.loads(verified.stdout)["rapport"]) == entiere[0]
    again = here("certifier", plan, "--reprendre", "--json", data_dir=tmp_path / "d")
    assert again.returncode == 2 and json.loads(again.stdout)["code"] == "rien-a-reprendre"


class Coupe(Exception):
    """The end of the run, as far as a test is concerned."""


async def couper(monde: World, un: Plan, cours: Cours, combien: int) -> None:
    """Play a plan until so many checks have ended."""

    def voir(constats: Any, vues: Any) -> None:
        if len(vues) == combien:
            raise Coupe

    with cours, pytest.raises(Coupe):
        await jouer(monde, un, cours, voir)


async def jouer(monde: World, un: Plan, cours: Cours, voir: Any = lambda constats, vues: None) -> Certifiee:
    demande = Demande(un, cours.execution, prealable=False)
    return await certifier(demande, monde.client, monde.addresses, monde.token, voir=voir, cours=cours)


def dit_de(un: Plan) -> dict[str, Any]:
    return entete(un, (), "jouer", False)


@pytest.mark.asyncio(loop_scope="session")
async def test_checks_that_follow_one_another_in_one_bac_go_on_there_the_day_after(monde: World, tmp_path: Path) -> None:
    await monde.pilot.creer("coupe-un", paris(DEPART))
    un = Plan.model_validate(PLAN | {"plan": "coupe-un", "bac": "coupe-un", "bacs": "un"})
    await couper(monde, un, Cours(tmp_path / "c", dit_de(un), "coupe-1"), 2)
    cours = Cours(tmp_path / "c", dit_de(un))
    assert sorted(cours.faites) == [1, 2]
    with cours:
        found = await jouer(monde, un, cours)
    assert (found.rapport.etat, found.rapport.fautes, found.rapport.execution) == ("conforme", (), "coupe-1")
    found.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "preuve"))[1] == found.rapport
    await monde.pilot.supprimer("coupe-un")


@pytest.mark.asyncio(loop_scope="session")
async def test_what_was_kept_and_is_judged_otherwise_now_is_not_taken_for_a_verdict(monde: World, tmp_path: Path) -> None:
    un = Plan.model_validate(PLAN | {"plan": "coupe-autre"})
    await couper(monde, un, Cours(tmp_path / "c", dit_de(un), "coupe-2"), 2)
    debut, *lignes = (tmp_path / "c").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "c").write_text(debut + "".join(lignes).replace("AB-123-CD", "ZZ-999-ZZ").replace("/bacs/", "/bac/"), "utf-8")
    with Cours(tmp_path / "c", dit_de(un)) as cours, pytest.raises(Divergence):
        await jouer(monde, un, cours)


def refus(un: Plan, donnees: Path) -> Panne:
    with pytest.raises(Panne) as caught:
        cours_de(Demande(un, "autre"), True, Settings(data_dir=donnees))
    assert caught.value.statut == 2 and "--reprendre" in caught.value.que_faire
    return caught.value


def test_a_plan_a_law_or_an_address_that_changed_meanwhile_refuses_to_go_on_and_says_which(tmp_path: Path) -> None:
    adresse = "http://127.0.0.1:9000"
    un = Plan.model_validate(PLAN | {"bac": "essai", "produit": {"pilote": adresse}})
    demande = Demande(un, "certif-abc123")
    _, cours = cours_de(demande, False, Settings(data_dir=tmp_path))
    with cours, pytest.raises(EnCours):  # it is being played
        Cours(cours.place, dit_de(un) | {"prealable": True}).__enter__()
    assert refus(un.model_copy(update={"plan": "autre"}), tmp_path).code == "rien-a-reprendre"
    for change, mot in (
        ({"produit": Produit(pilote=f"{adresse}1")}, "l'adresse du produit"),
        ({"epreuves": un.epreuves[1:]}, "les épreuves, le plan"),
        ({"bac": "ailleurs"}, "le bac"),
        ({"exigences": un.exigences[1:]}, "(le plan :"),
    ):
        assert mot in refus(un.model_copy(update=change), tmp_path).phrase
    historique = parametres()["delai_paiement_mois"]
    with provisoire(type(historique)(historique.nom, "un brouillon", historique.unite, historique.valeurs)):
        assert "le droit installé" in refus(un, tmp_path).phrase
    reprise, suite = cours_de(Demande(un, "autre"), True, Settings(data_dir=tmp_path))
    assert (reprise.execution, suite.faites, suite.reprise) == ("certif-abc123", {}, True)


def test_of_the_runs_that_were_stopped_the_last_ones_are_kept_and_none_that_is_played(tmp_path: Path) -> None:
    un, reglages = Plan.model_validate(PLAN), Settings(data_dir=tmp_path)
    _, joue = cours_de(Demande(un, "certif-000000"), False, reglages)
    with joue:
        for rang in range(1, 34):
            with cours_de(Demande(un, f"certif-{rang:06}"), False, reglages)[1]:
                pass
        noms = {place.stem for place, _ in interrompues(dossier(tmp_path))}
        assert len(noms) == 30 and "certif-000033" in noms and "certif-000000" not in noms and joue.place.is_file()
