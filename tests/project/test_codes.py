"""The tables of codes of the specification leave nothing out: each code is asked for by who can give it, under its status and its title."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.kit.web.problems import status_of
from fps.parties import LIBELLES
from fps.regles import refus as partages
from fps_simulateur.pilote.world import DEFINITIONS
from tests.project.test_refusal_codes import refusals

ROOT = Path(__file__).resolve().parents[2]
CODES = (ROOT / "docs/specification.md").read_text(encoding="utf-8").partition("\n## Codes\n")[2]
CHEZ = {party.value: LIBELLES[party] for party in DEFINITIONS} | {"fps": "Communs"}
FAMILIES = {
    Refus,
    Introuvable,
    Conflit,
    MessageRefuse,
    *(cls for cls in vars(partages).values() if isinstance(cls, type)),
}  # refined by each


@cache
def rows(title: str) -> list[tuple[str, ...]]:
    """The lines of one table, cell by cell."""
    part = CODES.partition(f"\n### {title}")[2].partition("\n### ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")][2:]
    assert lines, title
    return [tuple(cell.strip(" `") for cell in re.split(r"(?<!\\)\|", line)[1:-1]) for line in lines]


def said(party: str) -> Iterator[tuple[str, str, str]]:
    """Each code that a service may give, by its contract: status, code, title."""
    contract = json.loads((ROOT / f"docs/openapi/{party}.json").read_text(encoding="utf-8"))
    for item in contract["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                told = re.findall(r"^- `([^`]+)`(?: : (.*))?$", response["description"], re.MULTILINE)
                assert [code for code, _ in told] == response.get("x-codes", [])
                yield from ((status, code, titre) for code, titre in told)


def test_each_code_that_an_operation_can_give_is_told_under_its_service_its_status_and_its_title() -> None:
    refused, unread, away = {row[:4] for row in rows("Refus du droit")}, {row[:2] for row in rows("Demandes illisibles")}, rows("Service")
    for party in DEFINITIONS:
        known = set(said(party.value))
        assert len(known) > 100, party
        lost = [
            (status, code, titre)
            for status, code, titre in sorted(known)
            if not any((chez, code, status, titre) in refused for chez in (LIBELLES[party], "Communs"))
            and not (status == "503" and (code, titre) in away)
            and not (not titre and (code, status) in unread)
        ]
        assert lost == [], party


def test_each_class_of_refusal_has_its_line_under_its_service_and_each_line_its_class() -> None:
    """Those too that no operation gives: a letter of the broker, a day, the reasons of a petition."""
    told = [row[:4] for row in rows("Refus du droit")]
    written = [
        (CHEZ[cls.__module__.partition(".")[0]], cls.code, str(status_of(cls.__new__(cls))), cls.titre())
        for cls in refusals()
        if cls not in FAMILIES
    ]
    assert len(written) > 250 and set(told) == set(written)
    assert [row for row in rows("Refus du droit") if len(row) != 6 or not all(row) or "…" in row] == []


def calls(name: str, where: str) -> Iterator[list[str]]:
    """The arguments of each call of a function in the sources below a directory, as they are written."""
    for path in sorted((ROOT / where).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if f"{name}(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield [*map(ast.unparse, node.args), *(f"{one.arg}={ast.unparse(one.value)}" for one in node.keywords)]


def test_each_error_of_content_that_a_check_writes_is_told_with_its_field_once_for_each_advice() -> None:
    lines = rows("Erreurs de contenu")
    assert [row for row in lines if "…" in row or not all(row)] == []
    sources = ("shared/fps", *(f"services/{party.value}" for party in DEFINITIONS))
    written = {(code, champ, article, que_faire) for where in sources for code, champ, _, article, que_faire in calls("erreur", where)}
    advices = Counter(code[1:-1] for code, *_ in written if code.startswith("'"))
    told = Counter(code for code, *_ in lines)
    assert len(advices) > 35 and [(code, times) for code, times in advices.items() if told[code] < times] == []
    champs = {(code[1:-1], champ[1:-1]) for code, champ, *_ in written if code.startswith("'") and champ.startswith("'")}
    assert sorted(champs - {(code, champ) for code, champ, *_ in lines}) == []
    classes = {code.removesuffix(".code") for code, *_ in written if re.fullmatch(r"[A-Z]\w+\.code", code)}
    assert classes and {cls.code for cls in refusals() if cls.__name__ in classes} <= set(told)


def test_each_way_in_which_a_demand_cannot_be_read_is_told_with_its_status_and_a_sentence() -> None:
    lines = rows("Demandes illisibles")
    assert [row for row in lines if not all(row) or row[-1] == "…"] == []
    written = list(calls("Malformed", "shared/fps/kit"))
    wanted = {
        (code[1:-1], next((given[7:] for given in others if given.startswith("status=")), "422"))
        for code, *others in written
        if code.startswith("'")
    }
    assert len(wanted) > 20
    assert sorted(one for one in wanted if one[1].isdigit() and one not in {row[:2] for row in lines}) == []


def test_each_unavailability_is_told() -> None:
    assert {"base-indisponible", "courtier-indisponible", "horloge-en-retard", "surcharge"} <= {row[0] for row in rows("Service")}


def test_each_error_of_form_is_told() -> None:
    listed = set(re.findall(r"`([a-z-]+)`", next(line for line in CODES.splitlines() if line.startswith("Un `message-invalide` liste"))))
    source = ast.parse((ROOT / "shared/fps/messages/erreurs.py").read_text(encoding="utf-8"))
    given = {
        node.value.elts[0].value
        for node in ast.walk(source)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and isinstance(node.value.elts[0], ast.Constant)
    }
    assert len(given) > 12 and given <= listed
