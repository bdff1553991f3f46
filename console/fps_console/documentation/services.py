"""The sheet of each service, written in its README: flows in and out, acts, deadlines, refusals, as its own code says them."""

import ast
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, Party
from fps_console.documentation.codes import Code, refusals
from fps_console.documentation.fiches import CANAUX, anchor, grid
from fps_simulateur.pilote.world import DEFINITIONS

FLUX = "../../docs/flux.md"
NOTE = "Écrit par `make docs` d'après le code, dont les explications sont en anglais : ne le corrigez pas à la main."


def page(party: Party) -> Path:
    """The README that holds the sheet of a service."""
    return Path("services") / party.value / "README.md"


def sheet(party: Party) -> str:
    """The whole sheet of a service."""
    definition = DEFINITIONS[party]
    entering = [m for m in MESSAGES if m in definition.handlers]
    leaving = [m for m in MESSAGES if m in definition.emits]
    return "\n\n".join(
        [
            NOTE,
            "## Ce qui entre",
            grid(("flux", "message", "de", "canal"), (_message(m, m.sender) for m in entering)),
            "## Ce qui sort",
            grid(("flux", "message", "à", "canal"), (_message(m, m.receiver) for m in leaving)),
            f"## Les actes\n\nCe qui peut arriver à un dossier, écrit une fois : `{party.value}/actes/`.",
            grid(("module", "acte", "ce qu'il fait"), acts(party)),
            f"## Les échéances\n\nCe que fait un jour qui vient : `{party.value}/deadlines.py`.",
            grid(("échéance", "ce qui arrive", "texte"), ((f"`{n.value}`", n.libelle, n.article) for n in definition.deadlines)),
            "## Les refus\n\nChacun avec son article et ce qu'il faut faire : [la spécification](../../docs/specification.md#codes).",
            grid(("code", "HTTP", "phrase"), (_refusal(c) for c in refusals() if c.owner == party.value)),
        ]
    )


def _message(message: MessageClass, other: Party) -> tuple[str, ...]:
    return str(message.flow), f"[{message.nom}]({FLUX}#{anchor(message)})", LIBELLES[other], CANAUX[message.channel]


def _refusal(code: Code) -> tuple[str, ...]:
    return f"`{code.code}`", str(code.status), code.titre


def acts(party: Party) -> Iterator[tuple[str, str, str]]:
    """The public functions and classes of `actes/` that are given the work of a transaction: module, name, first line of the docstring."""
    yield from _acts(files(party.value) / "actes", "")


def _acts(folder: Traversable, under: str) -> Iterator[tuple[str, str, str]]:
    for place in sorted(folder.iterdir(), key=lambda p: p.name):
        if place.is_dir() and not place.name.startswith("_"):
            yield from _acts(place, f"{under}{place.name}/")
        elif place.name.endswith(".py"):
            module = f"`{under}{place.name.removesuffix('.py')}`"
            for node in ast.parse(place.read_text("utf-8")).body:
                if (
                    isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                    and not node.name.startswith("_")
                    and _acts_on_work(node)
                ):
                    yield module, f"`{node.name}`", first_sentence(ast.get_docstring(node))


def _acts_on_work(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether it is given the work of a transaction: a function, or a class by one of its methods."""
    if isinstance(node, ast.ClassDef):
        return any(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and _acts_on_work(one) for one in node.body)
    given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return any(isinstance(one.annotation, ast.Name) and one.annotation.id == "Work" for one in given)


def first_sentence(text: str | None) -> str:
    """The first line of a docstring."""
    return (text or "").partition("\n")[0]
