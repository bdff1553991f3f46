"""The contracts of the services, as tools read them: valid, with names that generators can use, and nothing left to guess."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from fps.kit.app.outcomes import Outcomes
from fps.parties import Channel
from fps_console.documentation.codes import malformed, refusals
from fps_simulateur.pilote.world import assemble
from tests.contrats.vecu import examples

ROOT = Path(__file__).resolve().parents[2]
AUTRES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "docs").glob("openapi-*.json"))}
CONTRACTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "docs/openapi").glob("*.json"))}


def operations() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for party, contract in CONTRACTS.items():
        for path, item in contract["paths"].items():
            for method, operation in item.items():
                yield party, method, path, operation


def test_the_six_contracts_are_valid() -> None:
    """Those of the services, that of the console, and that of a product's test pilot."""
    assert sorted(CONTRACTS | AUTRES) == ["antai", "ccsp", "collectivite", "dgfip", "openapi-console", "openapi-pilote"]
    for contract in (CONTRACTS | AUTRES).values():
        validate(contract)


def test_every_operation_has_a_name_of_its_own_that_generators_can_write() -> None:
    names = Counter((party, operation["operationId"]) for party, _, _, operation in operations())
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for _, name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


def test_every_value_of_a_path_is_described_and_no_two_paths_can_be_taken_for_each_other() -> None:
    for party, method, path, operation in operations():
        said = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert said == set(re.findall(r"\{([^}]+)\}", path)), (party, method, path)
    for party, contract in CONTRACTS.items():
        shapes = Counter(re.sub(r"\{[^}]+\}", "{}", path) for path in contract["paths"])
        assert [shape for shape, times in shapes.items() if times > 1] == [], party


def test_a_contract_says_where_it_is_served_its_licence_its_doors_and_nothing_that_it_does_not_use() -> None:
    for party, contract in CONTRACTS.items():
        assert contract["servers"][0]["url"].startswith("http://127.0.0.1:"), party
        assert contract["info"]["license"]["identifier"] == "EUPL-1.2"
        text = json.dumps(contract)
        assert [n for n in contract["components"]["schemas"] if f'"#/components/schemas/{n}"' not in text] == [], party
        used = {name for _, _, _, o in operations() for way in o["security"] for name in way if o in _of(contract)}
        assert used == set(contract["components"]["securitySchemes"]), party


def _of(contract: dict[str, Any]) -> list[Any]:
    return [operation for item in contract["paths"].values() for operation in item.values()]


def test_every_operation_says_how_it_succeeds_and_how_it_is_refused() -> None:
    for party, method, path, operation in operations():
        where, statuses = (party, method, path), set(operation["responses"])
        assert any(status.startswith("2") for status in statuses), where
        assert "421" in statuses and "422" in statuses, where
        doors = {name for way in operation["security"] for name in way}
        assert not doors or "401" in statuses, where
        assert doors not in ({"administration"}, {"certificat"}) or "403" in statuses, where
        for status, response in operation["responses"].items():
            if status >= "4" and "application/problem+json" in response["content"]:
                assert response["x-codes"] and all(f"- `{code}`" in response["description"] for code in response["x-codes"]), where


def test_what_tells_the_variants_of_a_value_apart_is_required_in_each_of_them() -> None:
    wrong, found = [], set()
    for name, contract in (CONTRACTS | AUTRES).items():
        waiting: list[Any] = [contract]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict) and "discriminator" in one:
                found.add(name)
                variants = [variant["$ref"].rpartition("/")[2] for variant in one["oneOf"]]
                field = one["discriminator"]["propertyName"]
                wrong += [(name, v, field) for v in variants if field not in contract["components"]["schemas"][v].get("required", ())]
            waiting += [x for x in (one.values() if isinstance(one, dict) else one) if isinstance(x, dict | list)]
    assert "openapi-pilote" in found and wrong == []


@pytest.mark.parametrize("mark", ["__", "-Input", "-Output"])
def test_no_name_of_a_schema_comes_from_the_inside(mark: str) -> None:
    assert [(party, name) for party, contract in CONTRACTS.items() for name in contract["components"]["schemas"] if mark in name] == []


# What is never answered by itself: the families of others, and why a petition is inadmissible (told in the petition).
FAMILIES = {"acces-refuse", "csr-refusee", "irrecevabilite", "piece-avis-absente", "piece-avis-reception-absente", "rapo-absent"}


def test_every_refusal_is_said_by_an_operation_of_its_service_unless_it_answers_the_broker_or_a_day_only() -> None:
    said = {party: {code for r in _responses(party) for code in r.get("x-codes", ())} for party in CONTRACTS}
    elsewhere = set()
    for party, one in assemble().services.items():
        outcomes, definition = Outcomes(one.service), one.service.definition
        acts = [act for cls, act in definition.handlers.items() if cls.channel is Channel.AMQP]
        elsewhere |= {outcome.code for outcome in outcomes.of(*acts, *definition.deadlines.values())}
        assert len(said[party.value]) > 80, party
    everywhere = set().union(*said.values())
    lost = [(c.owner, c.code) for c in refusals() if c.code not in said.get(c.owner, everywhere) | elsewhere | FAMILIES]
    assert lost == [], "fps/kit/app/outcomes.py does not see how these are reached"
    assert [(c.code, c.status) for c in malformed() if c.code not in everywhere] == []


def test_what_an_operation_may_be_refused_with_is_read_in_its_code() -> None:
    """Some that only one way of naming a refusal brings: an act, a table of refusals, a machine's, a default, a door, a body, a key."""
    expected = {
        ("antai", "post", "/dossiers/{numero}/lecture"): {"avis-non-electronique", "dossier-inconnu", "bac-inconnu", "jeton-requis"},
        ("antai", "post", "/flux/01-message-fps/creation"): {"convention-echue", "numero-deja-utilise", "cle-idempotence-reutilisee"},
        ("collectivite", "post", "/flux/05-information-paiement/fps-paye"): {"acte-impossible", "certificat-requis", "type-de-contenu"},
        ("collectivite", "post", "/fps/{numero}/annulation"): {"acte-impossible", "origine-refusee", "cle-json-dupliquee", "surcharge"},
        ("ccsp", "post", "/teletransmission/{siret}/certificats/{empreinte}/desactivation"): {"certificat-non-actif", "session-requise"},
        ("ccsp", "post", "/portail/{siret}/sessions"): {"identifiants-refuses", "trop-de-demandes", "corps-trop-grand"},
        ("antai", "get", "/infocentre/statistiques"): {"forme-non-offerte", "hote-inconnu", "caractere-interdit"},
    }
    for (party, method, path), codes in expected.items():
        operation = CONTRACTS[party]["paths"][path][method]
        assert codes <= {code for r in operation["responses"].values() for code in r.get("x-codes", ())}, (path, codes)
    # and what no line of it can bring is not there
    reading = CONTRACTS["antai"]["paths"]["/dossiers/{numero}"]["get"]["responses"]
    assert set(reading) == {"200", "401", "403", "404", "421", "422", "429", "503"}
    assert reading["404"]["x-codes"] == ["adresse-illisible", "bac-inconnu", "dossier-inconnu"]


def _responses(party: str) -> list[dict[str, Any]]:
    return [response for operation in _of(CONTRACTS[party]) for response in operation["responses"].values()]


ENGLISH = re.compile(
    r"\b(the|of|and|what|which|where|with|is|are|from|who|how|by|when|not|this|to|for|has|was|successful)\b", re.IGNORECASE
)


def test_what_an_editor_reads_in_a_contract_is_in_french() -> None:
    found: set[str] = set()

    def read(value: Any) -> None:
        if isinstance(value, dict):
            for key, one in value.items():
                if key in ("summary", "description") and isinstance(one, str) and ENGLISH.search(one):
                    found.add(one)
                elif key not in ("example", "examples"):
                    read(one)
        elif isinstance(value, list):
            for one in value:
                read(one)

    read(CONTRACTS)
    assert sorted(found) == []


FREE = {"donnees", "details", "accuse", "lignes", "corps"}  # what only the act, or a table, knows


def test_every_answer_has_a_shape() -> None:
    untyped = []
    for party, method, path, operation in operations():
        components = CONTRACTS[party]["components"]["schemas"]
        for status, response in operation["responses"].items():
            if status == "204":
                assert "content" not in response
                continue
            assert response.get("content"), (party, method, path, status)
            untyped += [(party, method, path, status) for media in response["content"].values() if not _shaped(media["schema"], components)]
    assert untyped == []


def _shaped(schema: Any, components: dict[str, Any], seen: tuple[str, ...] = ()) -> bool:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name == "JsonValue" or name in seen or _shaped(components[name], components, (*seen, name))
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return all(_shaped(one, components, seen) for one in schema[key])
    if schema.get("type") == "array":
        return _shaped(schema.get("items", schema.get("prefixItems", [{}])[0]), components, seen)
    if schema.get("type") == "object":
        fields = {name: one for name, one in schema.get("properties", {}).items() if name not in FREE}
        values = schema.get("additionalProperties", False)
        whole = values if isinstance(values, dict) else {}
        return (bool(fields) or bool(whole)) and all(
            _shaped(one, components, seen) for one in [*fields.values(), *([whole] if whole else [])]
        )
    return "type" in schema or "enum" in schema or "const" in schema


def test_every_body_in_json_has_an_example_that_its_own_shape_accepts() -> None:
    wrong = []
    for party, method, path, operation in operations():
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media is None or path.startswith("/pilotage"):
            continue
        found = examples(media, CONTRACTS[party])
        reader = OAS31Validator({**media["schema"], "components": CONTRACTS[party]["components"]}, format_checker=oas31_format_checker)
        wrong += [(party, method, path, error.message) for one in found for error in reader.iter_errors(one)]
        wrong += [] if found else [(party, method, path, "aucun exemple")]
    assert wrong == []
