"""The fifth invariant can fail: each entry altered in any of five ways is named, and each story that two services tell differently."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fps.comptabilite import PLAN, Libelle
from fps.parties import LIBELLES, Party
from fps_simulateur.invariants import verifier
from fps_simulateur.invariants.comptes import RECIPROQUES
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.pilote.world import World
from tests.scenarios.test_invariants import Monde, changer, dossiers

pytestmark = pytest.mark.asyncio(loop_scope="session")
COMPTABLES = ("antai", "collectivite", "dgfip")
# Paid at ANTAI, cancelled and refunded by flow 9; a title paid in two months, cancelled, refunded, précompted.
VIES = ("rembourse-par-titre-d-annulation", "precompte-reporte-sur-les-mois-suivants", "deux-cheques-rejetes-l-un-apres-l-autre")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mondes(monde: World) -> dict[str, Monde]:
    """What the pilot reads of each life; all three services keep books in the first two."""
    found = {}
    for vie in catalogue():
        if vie.vie in VIES:
            bac = f"argent-{vie.vie}"[:40].rstrip("-")
            await jouer(monde, vie, bac)
            found[vie.vie] = await monde.pilot.relever(bac)
    assert set(found) == set(VIES) and all(verifier(monde) == [] for monde in found.values())
    return found


def tenues(monde: Monde, service: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The entries of the ledger of a service, each with its dossier."""
    return [(d, e) for d in dossiers(monde, service) for e in d["ecritures"]]


def un_montant(dossier: dict[str, Any], ecriture: dict[str, Any]) -> None:
    compte, debit, credit = ecriture["lignes"][0]
    ecriture["lignes"][0] = [compte, debit + (debit > 0), credit + (credit > 0)]


def tous_les_montants(dossier: dict[str, Any], ecriture: dict[str, Any]) -> None:
    """The entry stays balanced: only the act knows better."""
    ecriture["lignes"] = [[compte, debit * 2, credit * 2] for compte, debit, credit in ecriture["lignes"]]


def un_compte(dossier: dict[str, Any], ecriture: dict[str, Any]) -> None:
    ligne = ecriture["lignes"][0]
    ligne[0] = "tresor" if ligne[0] != "tresor" else "regie"


def manquante(dossier: dict[str, Any], ecriture: dict[str, Any]) -> None:
    dossier["ecritures"].remove(ecriture)


def doublee(dossier: dict[str, Any], ecriture: dict[str, Any]) -> None:
    ecriture["lignes"] = ecriture["lignes"] * 2


@pytest.mark.parametrize("service", COMPTABLES)
@pytest.mark.parametrize("alterer", [un_montant, tous_les_montants, un_compte, manquante, doublee], ids=lambda f: f.__name__)
async def test_an_entry_altered_in_the_ledger_is_named(
    mondes: dict[str, Monde], service: str, alterer: Callable[[dict[str, Any], dict[str, Any]], None]
) -> None:
    vus = 0
    for monde in mondes.values():
        for rang in range(len(tenues(monde, service))):
            faux = copy.deepcopy(monde)
            dossier, ecriture = tenues(faux, service)[rang]
            alterer(dossier, ecriture)
            [rupture] = verifier(faux)
            place = dossier["sujet"], ecriture["rang"]
            assert (rupture.invariant, rupture.service, rupture.sujet, rupture.rang) == (5, service, *place), rupture
            assert (
                rupture.acte.startswith("écriture « ") and LIBELLES[Party(service)] in str(rupture) and f"rang {place[1]}" in str(rupture)
            )
            vus += 1
    assert vus >= 8


# ------------------------------------------------------------------------------- the service itself wrote, and told, something false


def raconter(monde: Monde, service: str, libelle: str, refaire: Callable[[list[list[Any]]], list[list[Any]]]) -> str:
    """The first act that wrote this entry wrote another one, in its journal and in its ledger; gives its dossier."""
    dossier, acte = next((d, a) for d, a in ecrits(monde, service) if a["ecriture"]["libelle"] == libelle)
    nouvelles = refaire(copy.deepcopy(acte["ecriture"]["lignes"]))
    acte["ecriture"]["lignes"] = nouvelles
    tenue = next(e for e in dossier["ecritures"] if e["rang"] == acte["rang"])
    tenue["lignes"] = copy.deepcopy(nouvelles)
    if not nouvelles:
        dossier["ecritures"].remove(tenue)
    return str(dossier["sujet"])


def ecrits(monde: Monde, service: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The acts of a service that write in its books, in their order, each with its dossier."""
    return [(d, a) for d in dossiers(monde, service) for a in d["actes"] if a["ecriture"] is not None]


def plus(lignes: list[list[Any]]) -> list[list[Any]]:
    return [[compte, debit + (debit > 0), credit + (credit > 0)] for compte, debit, credit in lignes]


def echanger(ancien: str, nouveau: str) -> Callable[[list[list[Any]]], list[list[Any]]]:
    return lambda lignes: [[re.sub(f"^{ancien}", nouveau, compte), debit, credit] for compte, debit, credit in lignes]


def rien(lignes: list[list[Any]]) -> list[list[Any]]:
    return []


FAUTES: list[tuple[int, str, str, Callable[[list[list[Any]]], list[list[Any]]], str]] = [
    (0, "antai", "paiement", plus, "encaissé par l'ANTAI pour la collectivité : 35,01 € (ANTAI) contre 35,00 € (Collectivité)"),
    (0, "antai", "avis de paiement", plus, "attendu par la collectivité du FPS, à l'ANTAI"),
    (0, "collectivite", "FPS payé", rien, "encaissé par l'ANTAI pour la collectivité : 35,00 € (ANTAI) contre 0,00 € (Collectivité)"),
    (0, "collectivite", "FPS payé", echanger("antai", "regie"), "encaissé par l'ANTAI pour la collectivité"),
    (0, "collectivite", "FPS remboursé", plus, "remboursements que la collectivité ordonne à la DGFiP"),
    (0, "dgfip", "remboursement à payer", rien, "remboursements que la collectivité ordonne à la DGFiP"),
    (0, "dgfip", "remboursement du FPS", plus, "« AvisRemboursementFps » : 35,00 €"),
    (0, "dgfip", "remboursement du FPS", plus, "35,01 € remboursés pour 35,00 € payés"),
    (0, "antai", "paiement", rien, "35,00 € remboursés pour 0,00 € payés"),
    (1, "antai", "titre exécutoire", plus, "FPS impayé dont le titre est pris en charge"),
    (1, "antai", "titre exécutoire", plus, "majoration due à l'État par le titre"),
    (1, "antai", "titre exécutoire", plus, "« EmissionTitre » : 125,00 €"),
    (1, "dgfip", "prise en charge", echanger("etat", "a-reverser:21750001600019"), "majoration due à l'État par le titre"),
    (1, "dgfip", "prise en charge", echanger("etat", "majoration"), "compte « majoration » hors du plan"),
    (1, "dgfip", "prise en charge", echanger("collectivite:2", "collectivite:3"), "compte « collectivite:31750001600019 » hors du plan"),
    (1, "dgfip", "paiement", rien, "la lettre dit 10,00 € pour la collectivité, les comptes 10,00 € sur 0,00 € encaissés"),
    (1, "dgfip", "part de la collectivité", plus, "dû par la DGFiP à la collectivité, précomptes déduits"),
    (1, "dgfip", "part de la collectivité", rien, "« part_collectivite » vaut"),
    (1, "dgfip", "précompte", plus, "reversement de 2024-07"),
    (1, "dgfip", "précompte", rien, "dû par la DGFiP à la collectivité, précomptes déduits"),
    (1, "dgfip", "remboursement du titre", plus, "« AvisRemboursementTitre » : 60,00 €"),
    (1, "dgfip", "remboursement du titre", plus, "60,01 € remboursés pour 60,00 € payés"),
    (1, "dgfip", "reversement mensuel", plus, "reversé 10,01 € (relevé : 10,00 €) au lieu de 10,00 €"),
    (1, "collectivite", "FPS majoré payé", plus, "dû par la DGFiP à la collectivité, précomptes déduits"),
    (1, "collectivite", "FPS annulé", rien, "dû par la DGFiP à la collectivité, précomptes déduits"),
    (2, "antai", "double paiement", plus, "« trop_percu » vaut 0,00 €, le compte « trop-percu » 0,01 €"),
    (2, "antai", "double paiement", rien, "compte « trop-percu » débiteur de 35,00 €"),
    (2, "antai", "chèque impayé", rien, "encaissé par l'ANTAI pour la collectivité"),
    (2, "collectivite", "Paiement sans suite", plus, "« creance » vaut 35,00 €, le compte « redevable » 35,01 €"),
]


@pytest.mark.parametrize(("vie", "service", "libelle", "faute", "phrase"), FAUTES, ids=[f"{f[1]}-{f[2]}-{f[4][:24]}" for f in FAUTES])
async def test_a_service_that_tells_another_story_than_the_others_is_found(
    mondes: dict[str, Monde], vie: int, service: str, libelle: str, faute: Callable[[list[list[Any]]], list[list[Any]]], phrase: str
) -> None:
    faux = copy.deepcopy(mondes[VIES[vie]])
    sujet = raconter(faux, service, libelle, faute)
    ruptures = verifier(faux)
    dites = [r for r in ruptures if phrase in r.phrase.replace("\u00a0", " ")]
    assert dites and {r.invariant for r in ruptures} == {5}, ruptures
    assert all(r.rang and r.acte != "?" for r in ruptures) and (sujet in {r.sujet for r in ruptures} or "/" in sujet)


async def test_the_first_act_after_which_two_services_disagree_is_the_one_named(mondes: dict[str, Monde]) -> None:
    """The first part of the title was told and booked alike; the second is not: it is named, not the first."""
    faux = copy.deepcopy(mondes[VIES[1]])
    parts = [a for _, a in ecrits(faux, "collectivite") if a["ecriture"]["libelle"] == "FPS majoré payé"]
    assert len(parts) >= 2
    parts[1]["ecriture"]["lignes"] = plus(parts[1]["ecriture"]["lignes"])
    [rupture] = [r for r in verifier(faux) if "précomptes déduits" in r.phrase]
    assert (rupture.service, rupture.rang, rupture.acte) == ("collectivite", parts[1]["rang"], "écriture « FPS majoré payé »")


def comptes_de_la_dgfip(monde: Monde) -> dict[str, Any]:
    found: dict[str, Any] = monde["services"]["dgfip"]["releve"]["partie"]
    return found


async def test_the_accounts_of_a_month_and_what_is_carried_over_are_checked(mondes: dict[str, Monde]) -> None:
    for somme, phrase in [("encaisse", "inscrits"), ("verse", "reversé")]:
        faux = copy.deepcopy(mondes[VIES[1]])
        for compte in comptes_de_la_dgfip(faux)["reversements"]:
            compte[somme] = 1
        ruptures = verifier(faux)
        assert {r.invariant for r in ruptures} == {5} and any(phrase in r.phrase for r in ruptures), (somme, ruptures)
    faux = copy.deepcopy(mondes[VIES[1]])
    a_precompter = comptes_de_la_dgfip(faux)["a_precompter"]
    comptes_de_la_dgfip(faux)["a_precompter"] = dict.fromkeys(a_precompter, 1)
    assert ["à précompter au lieu de" in r.phrase for r in verifier(faux)] == [True] * len(a_precompter) != []


async def test_a_month_without_its_account_is_told(mondes: dict[str, Monde]) -> None:
    faux = copy.deepcopy(mondes[VIES[1]])
    comptes_de_la_dgfip(faux)["reversements"].clear()
    assert "n'a pas de compte de reversement" in verifier(faux)[0].phrase


async def test_the_dossier_of_an_editor_is_not_compared_with_the_reference_collectivite(mondes: dict[str, Monde]) -> None:
    """The same divergence is told when the collectivité is ours, and not when a letter came from another system in its place."""
    faux = copy.deepcopy(mondes[VIES[0]])
    raconter(faux, "collectivite", "FPS remboursé", plus)
    assert any("ordonne à la DGFiP" in r.phrase for r in verifier(faux))
    for dossier in dossiers(faux, "antai"):
        changer(dossier["lettres"], lambda x: x["type"] == "fps.01.creation.v1", id="dun-autre-systeme")
    assert not any("ordonne à la DGFiP" in r.phrase for r in verifier(faux))


# --------------------------------------------------------------------------------------------------------------- the document


async def test_the_document_of_the_accounts_lists_the_chart_and_what_must_agree() -> None:
    texte = (Path(__file__).parents[2] / "docs" / "comptes.md").read_text("utf-8")
    for party, comptes in PLAN.items():
        for nom, compte in comptes.items():
            compte_ecrit = f"{nom}:SIRET" if compte.par_collectivite else nom
            assert f"| {LIBELLES[party]} | `{compte_ecrit}` | {compte.sens} | {compte.objet} |" in texte
    for r in RECIPROQUES:
        gauche, droite = (" + ".join(f"`{c}`" for c in sorted(cote.comptes)) for cote in (r.gauche, r.droite))
        assert f"| {r.objet} | {LIBELLES[r.gauche.party]} : {gauche} | {LIBELLES[r.droite.party]} : {droite} |" in texte
    assert texte.count("\n| ANTAI | `") == len(PLAN[Party.ANTAI]) and texte.count("\n| DGFiP | `") == len(PLAN[Party.DGFIP])


async def test_the_document_names_every_entry_and_no_other() -> None:
    texte = (Path(__file__).parents[2] / "docs" / "comptes.md").read_text("utf-8")
    flux = texte.partition("## Ce que chaque flux écrit")[2].partition("## Ce qui doit s'accorder")[0]
    assert set(re.findall("« (.*?) »", flux)) == set(Libelle)


async def test_these_lives_write_only_the_entries_that_are_named(mondes: dict[str, Monde]) -> None:
    for monde in mondes.values():
        for service in COMPTABLES:
            assert {ecriture["libelle"] for _, ecriture in tenues(monde, service)} <= set(Libelle)


async def test_the_accounting_document_tells_what_was_paid_so_that_the_accountant_can_refuse_more(mondes: dict[str, Monde]) -> None:
    lettres = [x for d in dossiers(mondes[VIES[0]], "dgfip") for x in d["lettres"] if x["type"] == "fps.09.titre-annulation.v1"]
    assert [(x["corps"]["montant"], x["corps"]["montant_encaisse"]) for x in lettres] == [(3500, 3500)]
