"""No value of any field of any request is a fault of ours: hostile texts, numbers and dates are refused at the door, on both databases."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import SecretStr, TypeAdapter, ValidationError

from fps.flows import MESSAGES
from fps.kit.app.application import Running, build, running
from fps.kit.app.migrate import upgrade
from fps.kit.ground.faults import Malformed
from fps.kit.ground.settings import Settings, default_addresses
from fps.kit.web.strict import StrictBody, StrictParameter
from fps.kit.wire.carrier import bearer, open_client
from fps.kit.wire.envelope import INTERDITS, SUSPECT, parse
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import DEFINITIONS, World
from tests.conftest import Postgres
from tests.parler.partie import bac_neuf
from tests.temoin import contrat

BIG = str(2**70)
BODIES = {"demi-codet": '"\\ud800"', "trop grand": BIG, "decimal": "1e30", "profond": "[" * 100 + "]" * 100}
ADDRESSES = {"nul": "a\0b", "trop grand": BIG}
Schema = dict[str, Any]


def resolved(schema: Schema, components: Schema) -> Schema:
    while "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    return schema


def filled(schema: Schema, components: Schema, leaf: str, depth: int = 0) -> str:
    """A JSON text of this shape, whose every leaf is the hostile value."""
    schema = resolved(schema, components)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            return filled(schema[key][0], components, leaf, depth + 1)
    if "const" in schema:
        return json.dumps(schema["const"])
    if depth < 8 and schema.get("properties"):
        return "{" + ",".join(f"{json.dumps(n)}:{filled(s, components, leaf, depth + 1)}" for n, s in schema["properties"].items()) + "}"
    if depth < 8 and schema.get("type") == "array":
        return f"[{filled(schema.get('items', {}), components, leaf, depth + 1)}]"
    return leaf


def operations(one: Running) -> Iterator[tuple[str, str, Schema, Schema]]:
    """Those of the contract as it is written, which `fps docs --check` holds to the routes: making it again takes seconds."""
    found = contrat(one.service.party)
    for path, item in found["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation, found["components"]["schemas"]


def requests(one: Running) -> Iterator[tuple[str, str, str | None, str]]:
    """Every request that one hostile value makes: its method, its address, its body, and what it tries."""
    for method, path, operation, components in operations(one):
        parameters = [resolved(p, components) for p in operation.get("parameters", ()) if p["in"] in ("path", "query")]
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        plain = re.sub(r"\{[^}]+\}", "essai", path)
        if schema is not None:
            for what, leaf in BODIES.items():
                yield method, plain, filled(schema, components, leaf), what
        if parameters:
            for what, value in ADDRESSES.items():
                hostile = quote(value, safe="")
                query = "&".join(f"{p['name']}={hostile}" for p in parameters if p["in"] == "query")
                yield method, f"{re.sub(r'{[^}]+}', hostile, path)}?{query}", None, what
                if query and plain != path:
                    yield method, f"{plain}?{query}", None, what


@pytest.mark.asyncio(loop_scope="session")
async def test_no_hostile_value_of_any_field_is_a_fault_of_ours(monde: World) -> None:
    bac, wrong, tried = await bac_neuf(monde, date(2026, 6, 15)), [], 0
    for party in SERVICES:
        for method, path, body, what in requests(monde.services[party]):
            prefix = "" if path.startswith(("/pilotage", "/psce")) else f"/bacs/{bac}"
            headers = {"Content-Type": "application/json"}
            answer = await monde.client.request(method, f"{monde.addresses[party]}{prefix}{path}", content=body, headers=headers)
            tried += 1
            if answer.status_code >= 500 or (body is not None and answer.status_code < 400):
                wrong.append((party.value, method, path[:100], what, answer.status_code))
    assert tried > 800 and wrong == []


@pytest.mark.asyncio(loop_scope="session")
async def test_fifty_errors_are_listed_at_most_whatever_the_body_and_the_door(monde: World) -> None:
    """400 kB of fields that do not exist made 73 MB of errors."""
    bac, long, counted = await bac_neuf(monde, date(2026, 6, 15)), [], 0
    body = json.dumps({f"inconnu-{n}-{'x' * 100}": n for n in range(300)})
    for party in SERVICES:
        for method, path, operation, _ in operations(monde.services[party]):
            if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                continue
            prefix = "" if path.startswith(("/pilotage", "/psce")) else f"/bacs/{bac}"
            url = f"{monde.addresses[party]}{prefix}{re.sub('{[^}]+}', 'essai', path)}"
            answer = await monde.client.request(method, url, content=body, headers={"Content-Type": "application/json"})
            listed = answer.json().get("erreurs", [])
            counted += answer.json().get("erreurs_non_listees", 0) > 200
            if len(listed) > 50 or len(answer.content) > 30_000:
                long.append((party, method, path, len(listed), len(answer.content)))
    assert long == [] and counted > 100


def leaves(schema: Schema, components: Schema, loc: tuple[Any, ...] = (), depth: int = 0) -> Iterator[tuple[tuple[Any, ...], Schema]]:
    """The fields of a schema that hold a date or an integer, with their places."""
    schema = resolved(schema, components)
    if (arms := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")) and depth < 8:
        yield from leaves(arms[0], components, loc, depth + 1)
    elif schema.get("type") == "integer" or schema.get("format") in ("date", "date-time"):
        yield loc, schema
    elif depth < 8 and schema.get("type") == "array":
        yield from leaves(schema.get("items", {}), components, (*loc, 0), depth + 1)
    elif depth < 8:
        for name, one in schema.get("properties", {}).items():
            yield from leaves(one, components, (*loc, name), depth + 1)


def refused(adapter: Any, value: Any) -> set[tuple[Any, ...]]:
    """The places of the errors, without those that pydantic adds for the arm of a union."""
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        return {tuple(step for step in e["loc"] if step not in ("physique", "morale")) for e in error.errors()}
    return set()


def test_a_character_of_no_text_is_found_however_its_json_writes_it() -> None:
    """And the letters of French are not looked at twice because they were escaped."""
    # What Unicode itself calls commands (C0, C1), directions of writing and lone surrogates, whatever our own expression says.
    sens = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    found = {n for n in range(0x1_0000) if unicodedata.category(chr(n)) in ("Cc", "Cs") or unicodedata.bidirectional(chr(n)) in sens}
    found |= {0x061C, 0x200E, 0x200F, 0xFFFE, 0xFFFF}  # marks of direction, non-characters
    found -= {0x09, 0x0A, 0x0D}  # tabulation and ends of lines are text
    assert [hex(n) for n in found if not INTERDITS.search(chr(n))] == []
    codes = [n for n in found if n % 0x100 < 0xA0 or n >= 0xFFFE]
    passed = []
    for code in codes:
        for text in (chr(code), f"\\u{code:04x}", f"\\u{code:04X}", *(["\\b", "\\f"] if code in (8, 12) else [])):
            with suppress(Malformed):
                passed.append(parse(f'{{"nom": ["{text}"]}}'))
    assert len(codes) > 1_000 and passed == []
    assert SUSPECT.search(json.dumps("Élève à l’œuvre, 12 € — déjà")) is None


def test_no_number_is_a_date_and_every_integer_has_bounds_in_any_field_of_any_door(monde: World) -> None:
    """Each body and each parameter of each route, read by the type that its route reads it with; each message of the flows likewise."""
    wrong, tried = [], 0
    types = {
        f"{party} {context.path_format} {field.name}": field._type_adapter
        for party in SERVICES
        for context in iter_route_contexts(monde.services[party].app.routes)
        if isinstance(context.route, APIRoute)
        for field in fields(context.dependant)
    }
    types |= {m.type: StrictBody(TypeAdapter(m)) for m in MESSAGES}
    for name, adapter in types.items():
        if name.endswith("/import contenu"):  # read table by table
            continue
        if not isinstance(adapter, StrictBody | StrictParameter):
            wrong.append((name, "", "not read strictly"))
            continue
        schema = adapter.json_schema()
        components = schema.get("$defs", {})
        found = list(leaves(schema, components))
        wrong += [(name, str(place), "no bounds") for place, one in found if one.get("type") == "integer" and not bounded(one)]
        for leaf in ("1718222400", 1718222400):
            value = json.loads(filled(schema, components, json.dumps(leaf)))
            errors = refused(adapter, str(leaf) if isinstance(adapter, StrictParameter) else value)
            dates = [place for place, one in found if one.get("type") != "integer"]
            wrong += [(name, str(place), f"{leaf!r} is a date") for place in dates if place not in errors]
            tried += len(dates)
    assert tried > 200
    assert not wrong, "\n".join(map(str, wrong))


def bounded(schema: Schema) -> bool:
    return "const" in schema or (
        ({"minimum", "exclusiveMinimum"} & set(schema) != set() and max(schema.get("maximum", 2**64), -1) < 2**53)
        or ("exclusiveMaximum" in schema and schema["exclusiveMaximum"] <= 2**53)
    )


def fields(dependant: Dependant) -> Iterator[Any]:
    """The body and the parameters that a route takes, at every depth."""
    yield from (*dependant.body_params, *dependant.query_params, *dependant.path_params, *dependant.header_params)
    for one in dependant.dependencies:
        yield from fields(one)


PART = 4  # of the requests of a service, one in so many is sent to both engines


@pytest.mark.parametrize("party", SERVICES)
async def test_both_databases_answer_alike(postgres: Postgres, party: Party) -> None:
    """The same hostile requests to one service, the same answers: what one database takes, the other takes."""
    name = await postgres.create()
    try:
        await asyncio.to_thread(upgrade, postgres.url(name), DEFINITIONS[party])
        heard = [await heard_by(party, url) for url in ("sqlite+aiosqlite://", postgres.url(name))]
    finally:
        await postgres.drop(name)
    assert len(heard[0]) > 50 and heard[0] == heard[1]
    assert not [one for one in heard[0] if one[1] >= 500]


async def heard_by(party: Party, url: str) -> list[tuple[str, int, str]]:
    """What a service answers on that database, in a bac whose names are as long and as strange as they may be."""
    one = build(DEFINITIONS[party], Settings(database_url=url, pilotage_token=SecretStr("essai")))
    found, here = [], default_addresses()[party]
    async with running(one), open_client({here: one.asgi}, headers=bearer("essai")) as client:
        world = {"nom": "essai", "instant": "2026-06-15T20:00:00+02:00", "graine": "\ufffd\U0001f697 é" * 20}
        assert (await client.post(f"{here}/pilotage/bacs", json=world)).status_code == 201
        asked = list(requests(one))
        for method, path, body, _ in Random(1).sample(asked, len(asked) // PART):
            prefix = "" if path.startswith(("/pilotage", "/psce")) else "/bacs/essai"
            headers = {"Content-Type": "application/json"}
            answer = await client.request(method, f"{here}{prefix}{path}", content=body, headers=headers)
            code = answer.json()["code"] if "problem" in answer.headers.get("content-type", "") else ""
            found.append((path[:60], answer.status_code, code))
    return found
