"""The requirements: what is shipped is true, and a file that is ill written says where and what to do."""

import json
import re
from pathlib import Path

import pytest

from fps.flows import FLOWS
from fps.parties import LIBELLES, Party
from fps_certification.assertions import REGISTRE, Sens
from fps_certification.epreuves.lecture import epreuves
from fps_certification.exigences.lecture import ExigencesIllisibles, exigences, lire
from fps_console.cli.principal import main
from fps_console.documentation import codes
from fps_console.documentation.exigences import SANS, exigences_md
from fps_simulateur.pilote.world import DEFINITIONS

ROOT = Path(__file__).resolve().parents[2]
VIES, ASSERTIONS = frozenset({"une-vie"}), frozenset({"un/assertion"})
DE_CODES = {"forme", "acces", "debit", "creation", "suite", "suite-etat", "annulation-informee", "impaye", "comptable", "defense"}
# What is computed here, and is the code of no refusal.
PROPRES = (
    *("cle-modulo", "signee", "montants", "titre-ou-mandat", "limite-a-trois", "numero-", "montant-du", "constat-avec"),
    *("transmis-", "fin-des", "minoration-declaree", "agent-", "sans-", "acceptee", "numeros-distincts", "jour-du-", "baisse-acceptee"),
    *("rectificatif-de-rapo-", "annulation-de-rapo-", "abandon-accepte", "decision-executee", "piece-acceptee", "accepte", "numero-jour"),
    *("montant-du-bareme", "notification-du-pare", "mandat-d-une", "piece-entiere", "rangs-des", "memoire-accepte", "fps-avant-titre"),
)
# What asks nothing of a product: the way to a rule that another section gives, or what one may do without.
SANS_EXIGENCE = {
    "La DGFiP, pas à pas": "un parcours : ses règles sont aux articles que citent les exigences des flux 5, 8 et 9",
    "La juridiction, pas à pas": "un parcours : ses règles sont aux articles que citent les exigences du flux 7",
    "Lots": "une commodité : chaque ligne d'un lot est jugée comme un message",
    "Les communes": "ce que le simulateur connaît",
    "Impression": "une commodité",
    "Courtier": "entre les services",
    "Ce qui est supposé": "les hypothèses, que les exigences citent une à une",
    "Adresses": "des adresses",
}
BONNE = """\
- id: EX-900
  texte: La clé est le reste de la division du numéro par 97.
  acteur: collectivite
  flux: 1
  niveau: obligatoire
  source: { hypothese: H01 }
  epreuves: [une-vie]
"""
FAUTES = [
    (BONNE.replace("obligatoire", "important"), 5, "niveau", "« obligatoire » ou « recommande »"),
    (BONNE.replace("flux: 1", "flux: 17"), 4, "flux", "le maximum est 16"),
    (BONNE.replace("flux: 1", "flux: '1'"), 4, "flux", "un nombre entier"),
    (BONNE.replace("EX-900", "R1"), 1, "id", "n'a pas la forme attendue"),
    (BONNE.replace("  niveau: obligatoire\n", ""), 1, "niveau", "manque"),
    (BONNE.replace("collectivite", "mairie"), 3, "acteur", "« mairie »"),
    (BONNE + "  auteur: quelqu'un\n", 8, "auteur", "n'existe pas"),
    (BONNE.replace("{ hypothese: H01 }", "{}"), 6, "source", "citez un article"),
    (BONNE.replace("[une-vie]", "[autre-vie]"), 7, "autre-vie", "le nom d'aucune épreuve"),
    (BONNE.replace("  epreuves: [une-vie]\n", ""), 1, "non_teste", "l'un ou l'autre"),
    (BONNE + "  non_teste: Parce que rien ne le fait.\n", 1, "non_teste", "l'un ou l'autre"),
    (BONNE + "  niveau: recommande\n", 8, "niveau", "deux fois"),
    (BONNE + BONNE, 8, "EX-900", "donnez un numéro neuf"),
    ("id: EX-900\n", 1, "", "une liste d'exigences est attendue"),
    (BONNE + '- id: "EX-901\n', 9, "", "ce n'est pas du YAML"),
]


def test_a_requirement_that_is_well_written_is_read() -> None:
    (exigence,) = lire({"essai.yaml": BONNE}, VIES, ASSERTIONS)
    assert (exigence.id, exigence.flux, exigence.epreuves, exigence.non_teste) == ("EX-900", 1, ("une-vie",), None)


@pytest.mark.parametrize(("texte", "ligne", "champ", "phrase"), FAUTES, ids=[f"{champ}-{phrase}" for _, _, champ, phrase in FAUTES])
def test_a_fault_is_told_with_its_file_its_line_and_what_to_do(texte: str, ligne: int, champ: str, phrase: str) -> None:
    with pytest.raises(ExigencesIllisibles) as caught:
        lire({"essai.yaml": texte}, VIES, ASSERTIONS)
    (faute,) = caught.value.fautes
    assert faute.startswith(f"essai.yaml:{ligne} : ") and champ in faute and phrase in faute


def test_all_the_faults_of_all_the_files_are_told_at_once() -> None:
    with pytest.raises(ExigencesIllisibles) as caught:
        lire({"a.yaml": BONNE.replace("flux: 1", "flux: 17").replace("EX-900", "R1"), "b.yaml": "[", "c.yaml": BONNE}, VIES, ASSERTIONS)
    assert [faute.partition(":")[0] for faute in caught.value.fautes] == ["a.yaml", "a.yaml", "b.yaml"]


def test_the_requirements_cite_a_section_and_a_hypothesis_that_exist() -> None:
    titles = set(re.findall(r"^##+ (.+)$", (ROOT / "docs/specification.md").read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"^\| (H\d+) \|", (ROOT / "docs/hypotheses.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(exigences()) > 15
    assert {e.source.section for e in exigences() if e.source.section} <= titles
    assert {e.source.hypothese for e in exigences() if e.source.hypothese} <= known


def test_every_section_of_the_specification_is_used_or_says_why_not() -> None:
    titles = set(re.findall(r"^## (.+)$", (ROOT / "docs/specification.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert titles - {e.source.section for e in exigences()} == set(SANS_EXIGENCE)


def test_every_flow_that_a_product_takes_part_in_has_requirements_and_the_page_shows_them_all() -> None:
    siens = {flow.number for flow in FLOWS if any(Party.COLLECTIVITE in (m.sender, m.receiver) for m in flow.messages)}
    assert {e.flux for e in exigences()} - {None} == siens
    page = exigences_md()
    assert [e.id for e in exigences() if page.count(f"| {e.id} |") != 1 or e.texte not in page] == []
    assert page.count(SANS) == len(FLOWS) - len(siens)


def test_a_requirement_is_about_one_who_takes_part_in_its_flow() -> None:
    parts = {flow.number: {party for m in flow.messages for party in (m.sender, m.receiver)} for flow in FLOWS}
    assert [e.id for e in exigences() if e.flux is not None and e.acteur not in parts[e.flux]] == []


def test_the_command_shows_every_requirement_to_people_and_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certifier", "--exigences"]) == 0
    said = capsys.readouterr().out
    assert [e.id for e in exigences() if e.id not in said] == [] and LIBELLES[exigences()[0].acteur] in said
    assert max(map(len, said.splitlines())) <= 100 and "ne vaut certification par personne" in said
    assert main(["certifier", "--exigences", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["texte"], one["source"]["article"]) for one in told] == [(e.id, e.texte, e.source.article) for e in exigences()]
    assert all(bool(one["epreuves"] or one["assertions"] or one["exploree"]) != bool(one["non_teste"]) for one in told)


def test_no_requirement_and_no_check_is_an_orphan() -> None:
    par_id = {e.id: e for e in exigences()}
    assert {nom for e in exigences() for nom in e.assertions} == set(REGISTRE)
    prouvent = {(vie.vie, un) for vie in epreuves().values() for etape in vie.etapes for un in etape.prouve}
    assert prouvent == {(vie, e.id) for e in exigences() for vie in e.epreuves}
    assert {un for _, un in prouvent} <= set(par_id)


def test_there_are_two_hundred_checks_in_both_directions() -> None:
    prouvent = {(vie.vie, rang) for vie in epreuves().values() for rang, etape in enumerate(vie.etapes) if etape.prouve}
    assert len(REGISTRE) + len(prouvent) >= 200
    assert {c.sens for c in REGISTRE.values()} == set(Sens)


def test_a_code_that_an_assertion_watches_is_one_that_a_service_gives() -> None:
    assert len(DEFINITIONS) == 4  # whose refusals are loaded
    donnes = {c.code for c in codes.refusals()} | {c.code for c in codes.malformed()} | set(codes.of_form())
    donnes |= {code for code, *_ in codes.of_content(ROOT / "services" / s / s for s in ("antai", "dgfip", "ccsp"))}
    surveilles = {nom.partition("/")[2] for nom in REGISTRE if nom.partition("/")[0] in DE_CODES}
    propres = {n for n in surveilles if n.startswith(PROPRES)}
    assert surveilles - donnes - propres == set()


def test_no_evidence_is_given_of_a_run_that_does_not_conclude(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preuve = tmp_path / "une.preuve"
    assert main(["certifier", "cycle-complet", "--only", "amiable-etranger", "--preuve", str(preuve), "--data-dir", str(tmp_path)]) == 4
    said = capsys.readouterr()
    assert (
        not preuve.exists()
        and "la preuve n'est pas écrite : une exigence obligatoire n'est pas prouvée" in said.err
        and "INCOMPLET" in said.out
    )


def test_the_command_looks_and_plays_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certifier", "comptable", "--prealable", "--json"]) == 0
    assert {un["tenue"] for un in json.loads(capsys.readouterr().out)} == {"bon"}
    assert main(["certifier", "comptable", "--bac", "essai", "--prealable", "--data-dir", str(tmp_path)]) == 2
    assert "Le jeton de pilotage est introuvable" in capsys.readouterr().err
