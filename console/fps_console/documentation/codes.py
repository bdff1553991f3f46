"""Every code of refusal, read where it is written: the classes of refusal, and the calls that name an error of form or of content."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import fps
from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.kit.web.problems import TITLES, status_of
from fps.messages.erreurs import phrases
from fps.regles import refus as partages

GENERIC = (Refus, Introuvable, Conflit, MessageRefuse)  # each has its place in the table, what they share is said once
ROOT = Path(fps.__path__[0])
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
            found.setdefault((line.code, status), line)
    return sorted(found.values(), key=lambda c: (c.status, c.code))


def of_form() -> list[str]:
    """The codes of the errors of form that a `message-invalide` lists, field by field."""
    tree = ast.parse(_source(phrases.__module__))
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
            line = tuple(_text(given[field], names) for field in ("code", "champ", "article", "que_faire"))
            if isinstance(given["code"], ast.Constant):
                found.append((line[0], line[1], line[2], line[3]))
    return list(dict.fromkeys(found))


def _source(module: str) -> str:
    return _file(module).read_text(encoding="utf-8")


def _file(module: str) -> Path:
    return ROOT.parent.joinpath(*module.split(".")).with_suffix(".py")


def _calls(directory: Path, name: str) -> Iterator[tuple[ast.Call, Mapping[str, str]]]:
    """The calls of a function in the files of a directory, each with the constant texts known there."""
    for path in sorted(directory.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if f"{name}(" not in text:
            continue
        tree = ast.parse(text)
        names = _constants(tree)
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name]
        yield from ((call, names) for call in sorted(calls, key=lambda call: call.lineno))


def _constants(tree: ast.Module, imported: bool = True) -> dict[str, str]:
    """The texts that a module names: its own, and those it takes from the common language."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and imported and (node.module or "").startswith("fps."):
            given = _constants(ast.parse(_source(node.module or "")), imported=False) if _file(node.module or "").is_file() else {}
            found |= {alias.asname or alias.name: given[alias.name] for alias in node.names if alias.name in given}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found


def _text(node: ast.expr, names: Mapping[str, str]) -> str:
    """The text of an expression; « … » where only the moment knows it. Raises ValueError when it is not a text."""
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.Name(id=name):
            return names.get(name, "…")
        case ast.JoinedStr(values=parts):
            return "".join(_text(part.value if isinstance(part, ast.FormattedValue) else part, names) for part in parts)
        case _:
            return "…"
