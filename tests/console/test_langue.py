"""The language of the lives beside the services: each public route that writes is an act, or is named with its reason."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from fps.donnees import lire_yaml
from fps.parties import SERVICES, Party
from fps_console.cli.principal import run
from fps_console.documentation.ecriture import openapis
from fps_simulateur.langue.actes import ACTES, EXPLICATIONS, LETTRES, VUES
from fps_simulateur.langue.modele import catalogue

ROOT = Path(__file__).parents[2]
# Routes that write and are no act of a life, by what their address begins with.
HORS: Final = {
    "/pilotage/": "the pilot's doors: time and worlds, not what somebody does in one",
    "/flux/": "a letter between two systems: its act is named by the message, when somebody outside the four services writes it",
    "/boites/": "the mailbox of an editor's system",
    "/messages": "the mailbox of an editor's system",
    "/destinations/": "where an editor's letters go",
    "/certificats": "the enrolment of a town's systems",
    "/reveils": "a product asks for its turn: its machinery, and no act of a dossier",
    "/courriers": "a product drops its own letters, with its certificate",
    "/psce/": "the enrolment of a town's systems",
    "/collectivites/": "the enrolment of a town's systems",
    "/teletransmission/": "the enrolment of a town's systems",
    "/espaces": "the enrolment of a town, at ANTAI",
    "/portail/": "the agents' doors at the court, with a session; the defence itself is an act",
    "/controles/{}": "how ANTAI enrols: seule, à la main, toujours non",
    "/fps/lot": "several FPS at once, the same act",
}
# A letter of an editor's product that no life of the catalogue writes: the reference collectivité writes it itself, in other lives.
DU_PRODUIT: Final = {"émettre un mandat de remboursement"}
# What troubles a product that really listens, which no life of the catalogue has (tests/scenarios/test_pannes_de_la_langue.py).
DERANGENT: Final = {nom for nom, un in ACTES.items() if un.pilote}


def forme(route: str) -> str:
    return re.sub(r"\{\w+\}", "{}", route)


@cache
def contrats() -> dict[Party, dict[str, Any]]:
    return openapis()


def routes(*methodes: str) -> set[tuple[Party, str, str]]:
    """Service, method, route without the names of its places."""
    return {
        (party, methode.upper(), forme(route))
        for party, contrat in contrats().items()
        for route, operations in contrat["paths"].items()
        for methode in operations
        if methode.upper() in methodes
    }


def test_every_public_route_that_writes_is_an_act_or_has_its_reason() -> None:
    actes = {(a.a, a.methode, forme(a.route)) for a in ACTES.values()}
    oubliees = {r for r in routes("POST", "PUT", "DELETE", "PATCH") - actes if not r[2].startswith(tuple(HORS))}
    assert oubliees == set()
    assert {debut for debut in HORS if not any(r[2].startswith(debut) for r in routes("POST", "PUT", "DELETE"))} == set()


def test_every_act_and_every_view_is_a_route_that_a_service_has() -> None:
    toutes = routes("GET", "POST", "PUT", "DELETE")
    assert {a.nom for a in ACTES.values() if (a.a, a.methode, forme(a.route)) not in toutes} == set()
    assert set(VUES) == set(SERVICES)
    vues = [*VUES.items(), *EXPLICATIONS.items()]
    assert [vue for vue in vues if (vue[0], "GET", forme(vue[1])) not in toutes] == []


def test_every_act_is_done_by_a_life_of_the_catalogue_or_has_its_reason() -> None:
    faits = {etape.acte for vie in catalogue() for etape in vie.etapes}
    assert {nom for nom in ACTES if nom not in faits} == DU_PRODUIT | DERANGENT
    assert {LETTRES[nom].sender for nom in DU_PRODUIT} == {Party.COLLECTIVITE}


def en_json(value: Any) -> Any:
    """What an editor sees: a date is a text."""
    if isinstance(value, Mapping):
        return {str(mot): en_json(v) for mot, v in value.items()}
    if isinstance(value, list):
        return [en_json(v) for v in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def test_the_published_schema_takes_the_whole_catalogue_and_refuses_what_the_language_refuses() -> None:
    ecrit = json.loads((ROOT / "docs/vie.schema.json").read_text("utf-8"))
    juge = Draft202012Validator(ecrit)
    juge.check_schema(ecrit)
    fichiers = sorted((ROOT / "simulateur/fps_simulateur/catalogue").glob("*.yaml"))
    fautes = [
        f"{f.name} {e.json_path} {e.message}"[:300] for f in fichiers for e in juge.iter_errors(en_json(lire_yaml(f.read_text("utf-8"))))
    ]
    assert len(fichiers) > 20 and fautes == []
    etape: dict[str, Any] = {"acte": "décider le RAPO", "avec": {"sens": "rejet", "motif": "Non."}}
    bonne: dict[str, Any] = {"vie": "a", "titre": "A", "etapes": [etape]}
    assert juge.is_valid([bonne])
    fausses: list[dict[str, Any]] = [{"acte": "décider un RAPO"}, {"avec": {"motifs": "Non."}}, {"antay": {}}, {"courriers": ["02.apb"]}]
    for fausse in fausses:
        assert not juge.is_valid([bonne | {"etapes": [etape | fausse]}]), fausse
    champs = ecrit["$defs"]["Etape"]["properties"]
    assert "titre-emis" in champs["antai"]["properties"]["etat"]["examples"] and "rapo-deja-decide" in champs["refus"]["examples"]
    assert juge.is_valid([bonne | {"etapes": [etape | {"antai": {"etat": "{x}", "decision.frais": 3}}]}])  # hints, and no more
    assert [une for une in champs.values() if une.get("default", "") is None] == []  # an editor would write it
    assert not juge.is_valid([bonne | {"ville": "lile"}]) and juge.is_valid([bonne | {"ville": "paris"}])


def test_every_life_of_the_tutorial_is_played_as_it_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tutoriel = (ROOT / "docs/langue.md").read_text("utf-8").partition("## Référence")[0]
    vies = re.findall(r"^```yaml\n(.*?)^```", tutoriel, re.MULTILINE | re.DOTALL)
    for rang, texte in enumerate(vies):
        (tmp_path / f"{rang}.yaml").write_text(texte, "utf-8")
    assert len(vies) >= 5 and run(["play", *(str(tmp_path / f"{rang}.yaml") for rang in range(len(vies)))]) == 0, capsys.readouterr().out
    juge = Draft202012Validator(json.loads((ROOT / "docs/vie.schema.json").read_text("utf-8")))
    assert [e.message for texte in vies for e in juge.iter_errors(en_json(lire_yaml(texte)))] == []
