"""A product is tried, whose fault each failure is is told, and the verdict is computed again from the evidence, without any service."""

import gzip
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from joserfc.jwk import ECKey

from fps.kit.ground.clock import paris
from fps_certification.certifier import Certifiee, certifier, verifier
from fps_certification.execution import Demande
from fps_certification.plans.plan import Plan, PlanIllisible, lire, livres
from fps_certification.preuves import signature
from fps_certification.preuves.liasse import LiasseFausse
from fps_certification.rapports.junit import junit
from fps_certification.rapports.rapport import Rapport
from fps_certification.sujets.contrat import ACTIONS, Action
from fps_certification.sujets.formes import Refus
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Reponse
from fps_certification.verdict import Issue, Sort
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLAN = Plan(
    plan="essai",
    titre="Transmettre",
    epreuves=("amiable-transmis", "amiable-etranger"),
    exigences=("EX-101..EX-105", "EX-190", "EX-192"),
)


async def essayer(monde: World, plan: Plan, nom: str = "essai") -> Certifiee:
    return await certifier(Demande(plan, nom), monde.client, monde.addresses, monde.token)


@pytest.mark.parametrize("nom", list(livres()))
async def test_the_reference_collectivite_passes_every_plan_whole_by_the_published_contract(
    monde: World, nom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is given and answers has the form that an editor reads in the contract."""
    agir = Reference.agir

    async def verifie(self: Reference, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        action.entree.model_validate_json(json.dumps({"bac": bac, **donnees}, default=str))
        reponse = await agir(self, action, bac, donnees)
        modele = action.sortie if reponse.statut < 300 else Refus
        modele.model_validate_json(json.dumps(dict(reponse.corps)))
        return reponse

    monkeypatch.setattr(Reference, "agir", verifie)
    found = (await essayer(monde, livres()[nom], f"reference-{nom}")).rapport
    assert [(e.id, e.sort, e.raison, e.echecs) for e in found.exigences if e.sort is not Sort.CONFORME] == []
    assert (found.etat, found.code, found.fautes) == ("conforme", 0, ())


async def test_a_check_that_starts_on_a_day_of_its_own_is_brought_there_in_its_copy_of_the_bac_of_the_product(monde: World) -> None:
    fevrier = Plan(plan="fevrier", titre="Février", bac="enrole", epreuves=("delais-rapo-de-fevrier",), exigences=("EX-342",))
    await monde.pilot.creer("enrole", paris(date(2024, 1, 3)))
    assert (await essayer(monde, fevrier, "fevrier")).rapport.code == Issue.CONFORME
    await monde.pilot.avancer("enrole", paris(date(2024, 1, 20)))
    found = (await essayer(monde, fevrier, "apres")).rapport
    assert found.code == Issue.CONFIGURATION and "le bac « enrole » est déjà au 20/01/2024" in found.fautes[0].phrase
    await monde.pilot.supprimer("enrole")


async def test_the_verdict_is_computed_again_from_the_evidence_and_one_changed_byte_is_found(monde: World, tmp_path: Path) -> None:
    certifiee = await essayer(monde, PLAN, "preuve")
    place, cle = tmp_path / "preuve", signature.cle(tmp_path)
    certifiee.prouver(place, cle)
    assert signature.cle(tmp_path).thumbprint() == cle.thumbprint() and (tmp_path / "certification.jwk").stat().st_mode & 0o77 == 0
    lue, refait = await verifier(place, signature.publiques(cle))
    assert refait == certifiee.rapport and lue.connue and not lue.plan_livre
    prises = certifiee.rapport.mesures
    assert prises is not None and set(prises.epreuves) == {*PLAN.epreuves} and 0 < max(prises.epreuves.values()) <= prises.secondes + 0.001
    assert f'time="{prises.secondes:.3f}"' in junit(refait) and f'"secondes {PLAN.epreuves[0]}"' in junit(refait)
    assert not (await verifier(place, signature.publiques(ECKey.generate_key("P-256"))))[0].connue
    lignes = gzip.decompress(place.read_bytes()).decode().splitlines(keepends=True)
    for rang, change in ((1, lignes[0].replace('"essai"', '"autre"', 1)), (4, lignes[3].replace('"statut":2', '"statut":3', 1))):
        assert change != lignes[rang - 1]
        ecrire(place, [*lignes[: rang - 1], change, *lignes[rang:]])
        with pytest.raises(LiasseFausse) as caught:
            await verifier(place)
        assert caught.value.ligne == rang
    for coupee, ou in ((lignes[:-1], "coupé"), ([*lignes, lignes[-1]], "après la fin")):
        ecrire(place, coupee)
        with pytest.raises(LiasseFausse, match=ou):
            await verifier(place)
    ecrire(place, lignes)
    octets = place.read_bytes()
    for autres in (
        b"rien",
        octets[:-9],
        *(octets[:n] + bytes([octets[n] ^ 255]) + octets[n + 1 :] for n in range(12, len(octets), len(octets) // 40)),
    ):
        place.write_bytes(autres)  # as it is compressed: none of its bytes can be changed either
        with pytest.raises(LiasseFausse):
            await verifier(place)


async def test_the_evidence_of_a_run_whose_failures_were_expected_is_computed_again_cards_included(
    monde: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the product was asked and answered stands on its card: as it was written in the evidence, whatever the order of its fields."""

    async def oublier(*dit: object) -> None:
        """Accept, and tell nobody."""

    monkeypatch.setattr("collectivite.actes.rapo._accepter", oublier)
    attendus = {"EX-304": "Le produit ne le fait pas encore."}
    plan = Plan(plan="attendu", titre="Attendu", epreuves=("rapo-accepte",), exigences=("EX-304",), echecs_attendus=attendus)
    certifiee = await essayer(monde, plan, "attendu")
    (exigence,) = certifiee.rapport.exigences
    assert certifiee.rapport.code == Issue.CONFORME and exigence.echecs != ()
    certifiee.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "preuve"))[1] == certifiee.rapport


async def test_an_evidence_written_again_whole_with_a_better_verdict_is_refused(monde: World, tmp_path: Path) -> None:
    manque = PLAN.model_copy(update={"epreuves": ("amiable-transmis",)})
    certifiee = await essayer(monde, manque, "forge")
    assert certifiee.rapport.code == Issue.INCOMPLET
    dit = json.loads(certifiee.rapport.model_dump_json())
    for une in dit["exigences"]:
        une |= {"sort": "conforme", "preuves": 1, "raison": ""}
    mieux = Rapport.model_validate_json(json.dumps(dit | {"etat": "conforme", "code": 0}))
    forgee = Certifiee(mieux, certifiee.entete, certifiee.trace)
    forgee.prouver(tmp_path / "forgee", signature.cle(tmp_path))
    with pytest.raises(LiasseFausse, match="le verdict recalculé est « incomplet »"):
        await verifier(tmp_path / "forgee")
    for ligne in certifiee.trace.lignes:
        if ligne["quoi"] == "service" and "/echanges" in ligne["chemin"]:
            ligne["reponse"] = '{"lignes": [], "suite": false}'
    certifiee.prouver(tmp_path / "vide", signature.cle(tmp_path))
    with pytest.raises(LiasseFausse, match="verdict recalculé"):
        await verifier(tmp_path / "vide")


async def test_what_is_pushed_to_the_reference_and_what_fails_on_the_way_are_judged_and_computed_again(
    monde: World, tmp_path: Path
) -> None:
    plan = Plan(
        plan="pousse",
        titre="Des lettres poussées",
        lettres="poussees",
        epreuves=("reception-doublon", "reception-d-un-inconnu", "robustesse-503"),
        exigences=("EX-004", "EX-005", "EX-063", "EX-064", "EX-082", "EX-200", "EX-207", "EX-210", "EX-521", "EX-600"),
    )
    certifiee = await essayer(monde, plan, "pousse")
    assert (certifiee.rapport.etat, certifiee.rapport.fautes) == ("conforme", ())
    certifiee.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "preuve"))[1] == certifiee.rapport


async def test_what_was_not_seen_is_never_counted_as_good(monde: World) -> None:
    found = (await essayer(monde, Plan(plan="rien", titre="Rien", exigences=("EX-101..EX-105",)))).rapport
    assert (found.etat, found.code, {e.sort for e in found.exigences}) == ("incomplet", 4, {Sort.NON_PROUVE})


async def test_an_unexpected_success_is_a_failure_too(monde: World) -> None:
    plan = PLAN.model_copy(update={"echecs_attendus": {"EX-103": "clé pas encore corrigée"}})
    assert (await essayer(monde, plan, "attendu")).rapport.etat == "non-conforme"


async def test_a_report_for_pipelines_has_a_case_a_requirement(monde: World) -> None:
    found = (await essayer(monde, PLAN, "junit")).rapport
    racine = ElementTree.fromstring(junit(found))
    cas = [cas.get("classname") for cas in racine.iter("testcase")][len(found.prealable) :]
    assert cas == [e.id for e in sorted(found.exigences, key=lambda e: e.flux or 0)] and found.prealable
    assert sum(int(suite.get("failures", "")) for suite in racine) == 0


FAUX: Mapping[str, tuple[int, str]] = {
    "plan: essai\ntitre: Essai\nexigences: [EX-101]\nepreuves: [amiable-pay]\n": (1, "amiable-paye"),
    "plan: essai\ntitre: Essai\nexigences: [EX-9999]\n": (1, "n'est pas une exigence"),
    "plan: essai\ntitre: Essai\nexigences: [EX-101]\nvile: lille\n": (4, "vile"),
    "plan: essai\ntitre: Essai\n": (1, "exigences"),
    "plan: essai\ntitre: Essai\nexigences: [EX-101]\nproduit:\n  commandes: { etablire: ./x }\n": (4, "etablir"),
    "- plan": (1, "un plan est attendu"),
    "plan: [": (2, "YAML"),
}


@pytest.mark.parametrize("texte", list(FAUX))
async def test_a_plan_that_is_ill_written_says_where(texte: str) -> None:
    with pytest.raises(PlanIllisible) as caught:
        lire(texte, "essai.yaml")
    ligne, mot = FAUX[texte]
    assert str(caught.value).startswith(f"essai.yaml, ligne {ligne}") and mot in str(caught.value)


async def test_a_plan_that_tries_less_is_not_the_shipped_one_of_its_name() -> None:
    livre = livres()["comptable"]
    assert livre.model_copy(update={"bac": "essai", "graine": "autre"}).eprouve_comme(livre)
    for moins in ({"exigences": livre.exigences[:1]}, {"epreuves": ()}, {"echecs_attendus": {"EX-901": "plus tard"}}):
        assert not livre.model_copy(update=moins).eprouve_comme(livre)
    assert not livre.eprouve_comme(None)


async def test_the_contract_of_a_product_has_twelve_actions_at_most() -> None:
    assert len(ACTIONS) <= 12


def ecrire(place: Path, lignes: list[str]) -> None:
    place.write_bytes(gzip.compress("".join(lignes).encode()))


async def test_the_report_of_a_long_plan_is_signed_and_read_again_whatever_its_length(tmp_path: Path) -> None:
    """The library stops at 128,000 bytes: the evidence of a whole plan on a real product was told forged."""
    cle, contenu = signature.cle(tmp_path), {"rapport": "é" * 1_000_000}
    assert signature.lire(signature.signer(cle, contenu), signature.publiques(cle)) == (contenu, cle.thumbprint(), True)
