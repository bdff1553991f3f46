"""Every code of refusal, read where it is written: the classes of refusal, and the calls that name an error of form or of content."""

import ast
import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import fps
from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.kit.web.problems import TITLES, status_of
from fps.messages.erreurs import phrases
from fps.regles import refus as partages

GENERIC = (Refus, Introuvable, Conflit, MessageRefuse)  # each has its place in the table, what they share is said once
ROOT = Path(fps.__path__[0])
UNKNOWN: Final = "…"  # what only the moment knows
ORDER = ("antai", "dgfip", "ccsp", "collectivite", "fps")


@dataclass(frozen=True, slots=True)
class Code:
    """One line of the tables: a stable code, where it comes from, and what it says."""

    owner: str
    code: str
    status: int
    titre: str
    article: str
    que_faire: str


def refusals() -> list[Code]:
    """The refusals of the law and of the state: every subclass of `Refus` of the loaded services, by service then by code."""
    families = {*GENERIC, *(cls for cls in vars(partages).values() if isinstance(cls, type))}
    found = {_refusal(cls) for cls in _subclasses(Refus) if cls.__module__.partition(".")[0] in ORDER and cls not in families}
    return sorted(found, key=lambda c: (ORDER.index(c.owner), c.code, c.titre))


def _subclasses(cls: type[Refus]) -> Iterator[type[Refus]]:
    for below in cls.__subclasses__():
        yield below
        yield from _subclasses(below)


def _refusal(cls: type[Refus]) -> Code:
    error = cls.__new__(cls)
    return Code(cls.__module__.partition(".")[0], cls.code, status_of(error), cls.titre(), cls.article, cls.que_faire)


def malformed() -> list[Code]:
    """The codes of a request that cannot be read, by status: read in the kit's own calls, with the first sentence that each one says."""
    found: dict[tuple[str, int], Code] = {}
    for call, names in _calls(ROOT / "kit", "Malformed"):
        code, given = call.args[0], next((k.value for k in call.keywords if k.arg == "status"), None)
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            status = given.value if isinstance(given, ast.Constant) and isinstance(given.value, int) else 422
            line = Code("fps", code.value, status, TITLES[status], "", _text(call.args[1], names))
            if found.setdefault((line.code, status), line).que_faire == UNKNOWN:
                found[line.code, status] = line
    return sorted(found.values(), key=lambda c: (c.status, c.code))


def of_form() -> list[str]:
    """The codes of the errors of form that a `message-invalide` lists, field by field."""
    tree = ast.parse(inspect.getsource(importlib.import_module(phrases.__module__)))
    pairs = [n.value for n in ast.walk(tree) if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple) and len(n.value.elts) == 2]
    return sorted(
        {first.value for first in (pair.elts[0] for pair in pairs) if isinstance(first, ast.Constant) and isinstance(first.value, str)}
    )


def of_content(directories: Iterable[Path]) -> list[tuple[str, str, str, str]]:
    """The errors that an accusé names (code, field, article, what to do), in the order of the checks: read in the calls that write them."""
    found = []
    for directory in (ROOT, *directories):
        for call, names in _calls(directory, "erreur"):
            given = dict(zip(("code", "champ", "phrase", "article", "que_faire"), call.args, strict=True))
            code, champ, article, que_faire = (_text(given[field], names) for field in ("code", "champ", "article", "que_faire"))
            if code != UNKNOWN:
                found.append((code, champ, article, que_faire))
    return list(dict.fromkeys(found))


def _calls(directory: Path, name: str) -> Iterator[tuple[ast.Call, Mapping[str, Any]]]:
    """The calls of a function in the modules of a package, each with what the names mean there: an object, or the expression of a local."""
    for path in sorted(directory.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if f"{name}(" not in text:
            continue
        module = importlib.import_module(".".join(path.relative_to(directory.parents[_depth(directory)]).with_suffix("").parts))
        yield from _called(ast.parse(text), name, vars(module))


def _depth(package: Path) -> int:
    """How many packages hold that one."""
    return 1 + _depth(package.parent) if (package.parent / "__init__.py").exists() else 0


def _called(tree: ast.AST, name: str, names: Mapping[str, Any]) -> Iterator[tuple[ast.Call, Mapping[str, Any]]]:
    for node in ast.iter_child_nodes(tree):
        known = {**names, **_locals(node)} if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else names
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node, known
        yield from _called(node, name, known)


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Any]:
    """What the names of a function mean: the expression that each was given, or has by default; nothing when there are several."""
    found: dict[str, Any] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            found[node.arg] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
    arguments = [*function.args.posonlyargs, *function.args.args]
    found |= {one.arg: given for one, given in zip(arguments[::-1], function.args.defaults[::-1], strict=False)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(target := node.targets[0], ast.Name):
            stores = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == target.id and isinstance(n.ctx, ast.Store)]
            if len(stores) == 1:
                found[target.id] = node.value
    return found


def _text(node: ast.expr, names: Mapping[str, Any]) -> str:
    """The text of an expression; « … » where only the moment knows it."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id=name):
            return _text(value, {}) if isinstance(value := names.get(name), ast.expr) else _told(value)
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if isinstance(names.get(name), type):
            return _told(getattr(names[name], attr, None))
        case ast.JoinedStr(values=parts):
            return "".join(_text(part.value if isinstance(part, ast.FormattedValue) else part, names) for part in parts)
        case _:
            return UNKNOWN


def _told(value: Any) -> str:
    return value if isinstance(value, str) else UNKNOWN
