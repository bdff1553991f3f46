"""What may happen to a case file stands in `actes`: the doors, the tables and the days only say which act."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fps_simulateur.pilote.world import DEFINITIONS

SERVICES = Path(__file__).resolve().parents[2] / "services"
RANGES = ("antai", "dgfip", "ccsp", "collectivite")
CHANGE = {"record", "send", "book", "schedule", "unschedule", "add", "find_or_add", "lasting"}


def modules(*dossiers: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules of the services, those of these folders only when some are named."""
    for service in RANGES:
        racine = SERVICES / service / service
        for path in sorted(racine.rglob("*.py")):
            place = path.relative_to(racine).with_suffix("").parts
            if not dossiers or place[0] in dossiers:
                yield f"{service}/{'/'.join(place)}", ast.parse(path.read_text(encoding="utf-8"))


def appels(tree: ast.Module, noms: set[str]) -> Iterator[ast.Call]:
    """The calls of these methods of the work in progress."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in noms:
            continue
        if ast.unparse(node.func.value).split(".")[-1] in {"work", "w"}:
            yield node


def est_sqlalchemy(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "sqlalchemy" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy"


def test_what_changes_a_case_file_stands_in_actes() -> None:
    trouves = {nom: sum(1 for _ in appels(tree, CHANGE)) for nom, tree in modules()}
    assert sum(n for nom, n in trouves.items() if "/actes/" in nom) > 30
    assert {nom: n for nom, n in trouves.items() if n and "/actes/" not in nom} == {}


def test_a_route_sets_nothing_on_a_case_file() -> None:
    poses = [
        (nom, ast.unparse(cible))
        for nom, tree in modules("api", "handlers", "deadlines", "app")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for groupe in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for cible in ast.walk(groupe)
        if isinstance(cible, ast.Attribute) and isinstance(cible.ctx, ast.Store)
    ]
    assert poses and [(nom, cible) for nom, cible in poses if not cible.startswith("request.state.")] == []


def test_a_query_stands_in_the_store() -> None:
    permis = {"actes", "store", "migrations"}
    avec = {nom for nom, tree in modules() if any(est_sqlalchemy(node) for node in ast.walk(tree))}
    assert avec and sorted(nom for nom in avec if nom.split("/")[1] not in permis) == []


def test_handlers_and_deadlines_are_tables() -> None:
    for nom, tree in modules("handlers", "deadlines"):
        assert (tree.body[-1].end_lineno or 0) <= 60, nom
        autres = [node for node in tree.body[1:] if not isinstance(node, ast.Import | ast.ImportFrom | ast.AnnAssign)]
        assert autres == [] and any(isinstance(node, ast.AnnAssign) for node in tree.body), nom


def test_an_act_takes_the_work_as_its_last_argument() -> None:
    for nom, tree in modules("actes"):
        for node in tree.body:
            if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
                dernier = [*node.args.args, *node.args.kwonlyargs][-1]
                assert ast.unparse(dernier) == "work: Work" and node.args.kwarg is None, f"{nom}:{node.name}"


def test_a_day_to_come_has_the_name_of_the_enumeration() -> None:
    """`Echeance.…`, or one of the families of days that stand beside it."""
    vus = []
    for nom, tree in modules():
        jours = {
            a.name for n in tree.body if isinstance(n, ast.ImportFrom) if (n.module or "").endswith(".domain.echeances") for a in n.names
        }
        for call in appels(tree, {"schedule", "unschedule"}):
            kinds = call.args[1:2] if ast.unparse(call.func).endswith(".schedule") else call.args[1:]
            vus += [(nom, kind, jours) for kind in (ast.unparse(arg).lstrip("*").split(".")[0] for arg in kinds)]
    assert vus and [(nom, kind) for nom, kind, jours in vus if kind not in jours] == []


def test_a_line_of_the_journal_has_the_name_of_the_enumeration() -> None:
    ecrits = [(nom, call.args[1]) for nom, tree in modules("actes") for call in appels(tree, {"record"})]
    assert ecrits and [(nom, ast.unparse(arg)) for nom, arg in ecrits if isinstance(arg, ast.Constant | ast.JoinedStr)] == []


def test_every_module_with_routes_gives_them_in_one_shape() -> None:
    """A router is made in `routes` only, one a module; a module of views, of doors or of documents has none."""
    vus = 0
    for nom, tree in modules("api"):
        faiseurs = {
            f"{node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns) if node.returns else ''}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if any(isinstance(x, ast.Name) and x.id == "Router" for x in ast.walk(node))
        }
        vus += len(faiseurs)
        assert faiseurs <= {"routes(service: Service) -> Router"}, nom
    assert vus > 3


def test_each_kind_of_day_says_what_it_brings_and_the_text_that_wants_it() -> None:
    """In French, in a sentence; a hypothesis that it cites exists (`test_documentation`)."""
    for party, definition in DEFINITIONS.items():
        for nature in definition.deadlines:
            assert re.fullmatch(r"[A-ZÀ-Ý][^.]{9,90}", nature.libelle), (party, nature)
            assert re.search(r"\bart\. |^FAQ du Cerema|^Arrêté du ", nature.article), (party, nature)
