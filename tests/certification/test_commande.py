"""`fps certifier` as it is typed: several plans at once, and again what failed."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.certification.conftest import oublier
from tests.console.simulator import here

RAPO = "plan: rapo-dit\ntitre: Le RAPO\nepreuves: [rapo-accepte, amiable-transmis]\nexigences: [EX-101, EX-304]\n"
SIMPLE = "plan: simple\ntitre: Un FPS\nepreuves: [amiable-transmis]\nexigences: [EX-101]\n"


def certifier(*typed: str, attendu: int) -> Any:
    done = here("certifier", *typed, "--json")
    assert done.returncode == attendu, done
    return json.loads(done.stdout), done.stderr


def test_several_plans_give_the_worst_status_and_what_failed_is_played_again_until_nothing_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert certifier("--rerun-failed", attendu=2)[0]["code"] == "execution-inconnue"
    for nom, texte in (("rapo.yaml", RAPO), ("simple.yaml", SIMPLE), ("double.yaml", SIMPLE)):
        Path(nom).write_text(texte, "utf-8")
    assert certifier("simple.yaml", "double.yaml", attendu=2)[0]["code"] == "plan-double"
    with monkeypatch.context() as patch:
        patch.setattr("collectivite.actes.rapo._accepter", oublier)
        dits, _ = certifier("rapo.yaml", "simple.yaml", "--junit", "r.xml", "--html", "r.html", attendu=1)
    assert [(dit["plan"], dit["code"]) for dit in dits] == [("rapo-dit", 1), ("simple", 0)]
    suites = {suite.get("package") for suite in ElementTree.parse("r.xml").iter("testsuite")} - {None}
    assert suites == {dit["execution"] for dit in dits} and Path("r-rapo-dit.html").is_file() and Path("r-simple.html").is_file()
    assert "rien n'a manqué" in certifier("--rerun-failed", attendu=0)[1]  # the last run is that of the plan that conforms
    repris, _ = certifier("rapo.yaml", "--rerun-failed", attendu=0)
    assert [une["epreuve"] for une in repris["epreuves"]] == ["rapo-accepte"]
    assert {e["id"]: e["sort"] for e in repris["exigences"]}["EX-304"] == "conforme"
    assert "rien n'a manqué" in certifier("rapo.yaml", "--rerun-failed", attendu=0)[1]
