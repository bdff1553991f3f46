"""What an operation may be refused with, read in the code that it runs: its doors, its body, its act. No list is kept by hand.

A function is followed into those that it names, wherever they are in the project. The class of a receiver is known from its annotation,
or from what it was given; else every method of that name is followed: one refusal too many is written rather than one too few.
"""

import ast
import dataclasses
import functools
import importlib
import inspect
import sys
import types
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fps.errors import Conflit, Introuvable, MessageRefuse, Refus
from fps.kit.app.annotations import class_named, class_of_field, left_open
from fps.kit.engine.service import Service
from fps.kit.ground.faults import Malformed, Unavailable
from fps.kit.web.problems import TITLES, status_of

HIDDEN: Final = ("fps.kit.data.sqlite", "fps.kit.data.postgres", "fps.kit.wire.rabbit")  # imported when an address asks for them
TABLE: Final = 200  # entries: what is longer holds figures, not acts
GENERIC: Final = (Refus, Introuvable, Conflit, MessageRefuse)  # what the others refine: meant where they are raised themselves only
Caught = frozenset[type[BaseException]]
Function = types.FunctionType


@dataclass(frozen=True, slots=True, order=True)
class Outcome:
    """One way in which an operation does not succeed."""

    status: int
    code: str
    titre: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one function may raise by itself, and the functions that it names; each with what is caught around it."""

    raised: frozenset[tuple[type[BaseException] | Outcome, Caught]]
    named: frozenset[tuple[Function, Caught]]


class Outcomes:
    """The refusals of one service's code."""

    def __init__(self, service: Service):
        self.packages = ("fps", service.party.value)
        self.instances: Mapping[type, Any] = {type(service): service, type(service.definition): service.definition}
        self._found: dict[Function, Found] = {}
        self._known: dict[Function, set[Outcome]] = {}

    def of(self, *roots: Any) -> set[Outcome]:
        """All that may be raised from these functions."""
        return {one for root in roots for function in self.functions(root) for one in self._from(function)}

    def _from(self, root: Function) -> set[Outcome]:
        if root not in self._known:  # the gate, the doors and the keys are of every route
            waiting: list[tuple[Function, Caught]] = [(root, frozenset())]
            seen, outcomes = set(waiting), self._known.setdefault(root, set())
            while waiting:
                function, caught = waiting.pop()
                found = self._read(function)
                outcomes |= {o for raised, around in found.raised if (o := _outcome(raised, caught | around)) is not None}
                waiting += (further := {(named, caught | around) for named, around in found.named} - seen)
                seen |= further
        return self._known[root]

    def functions(self, value: Any) -> Iterator[Function]:
        """The functions of the project that a value runs when it is called."""
        if isinstance(value, functools.partial | functools.cached_property):
            yield from self.functions(value.func)
        elif isinstance(value, types.MethodType | staticmethod | classmethod):
            yield from self.functions(value.__func__)
        elif isinstance(value, property):
            yield from self.functions(value.fget)
        elif isinstance(value, type):
            if self.ours(value) and not issubclass(value, BaseException):
                for name in ("__init__", "__post_init__", "__call__"):
                    yield from self.functions(inspect.getattr_static(value, name, None))
        elif callable(value):
            value = inspect.unwrap(value)
            if isinstance(value, Function) and self.ours(value):
                yield value

    def ours(self, value: Any) -> bool:
        """Whether something is defined in the common language or in this service."""
        return str(getattr(value, "__module__", "")).partition(".")[0] in self.packages

    @functools.cached_property
    def methods(self) -> Mapping[str, list[Function]]:
        """Every method of the project, by its name; those too of what this process has not opened, like the other engine."""
        for name in HIDDEN:
            with suppress(ImportError):  # its driver is an extra
                importlib.import_module(name)
        found: dict[str, list[Function]] = defaultdict(list)
        for name, module in sorted(sys.modules.items()):
            if name.partition(".")[0] not in self.packages or name == __name__:
                continue
            for cls in list(vars(module).values()):
                if isinstance(cls, type) and cls.__module__ == name and not issubclass(cls, BaseException):
                    for nom, value in vars(cls).items():
                        if not nom.startswith("__"):
                            found[nom] += self.functions(value)
        return found

    def _read(self, function: Function) -> Found:
        if function not in self._found:
            reader = _Reader(self, function)
            reader.read()
            self._found[function] = Found(frozenset(reader.raised), frozenset(reader.named))
        return self._found[function]


def _outcome(raised: type[BaseException] | Outcome, caught: Caught) -> Outcome | None:
    if isinstance(raised, Outcome):
        return None if any(issubclass(Malformed, c) for c in caught) else raised
    if any(issubclass(raised, c) for c in caught):
        return None
    if issubclass(raised, Refus):
        return Outcome(status_of(raised.__new__(raised)), raised.code, raised.titre())
    return Outcome(503, raised.code, (raised.__doc__ or "").strip()) if issubclass(raised, Unavailable) else None


@functools.cache
def _nodes(path: str) -> Mapping[tuple[int, str], list[ast.AST]]:
    """The functions of a file, by their first line and their name."""
    found: dict[tuple[int, str], list[ast.AST]] = defaultdict(list)
    if path.startswith("<"):  # what dataclasses write themselves
        return found
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.name].append(node)
        elif isinstance(node, ast.Lambda):
            found[node.lineno, "<lambda>"].append(node)
    return found


class _Reader(ast.NodeVisitor):
    """One function, read once."""

    def __init__(self, outcomes: Outcomes, function: Function):
        self.outcomes, self.function = outcomes, function
        self.raised: set[tuple[type[BaseException] | Outcome, Caught]] = set()
        self.named: set[tuple[Function, Caught]] = set()
        self._caught: Caught = frozenset()
        self._kinds: dict[str, type] = {}  # the classes of the local names
        closure = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        self._cells = {name: cell.cell_contents for name, cell in closure if _filled(cell)}

    def read(self) -> None:
        """Follow every name of the function."""
        code = self.function.__code__
        owner = self._owner()
        for value in (*(self.function.__defaults__ or ()), *(self.function.__kwdefaults__ or {}).values()):
            self._reach(value)
        for node in _nodes(code.co_filename).get((code.co_firstlineno, code.co_name), ()):
            arguments = node.args  # type: ignore[attr-defined]
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                self._learn(argument.arg, class_named(self.function.__annotations__.get(argument.arg), self.function.__globals__))
            if owner is not None and arguments.args and arguments.args[0].arg in ("self", "cls"):
                self._learn(arguments.args[0].arg, owner)
            body = node.body  # type: ignore[attr-defined]
            for one in body if isinstance(body, list) else [body]:
                self.visit(one)

    def _owner(self) -> type | None:
        module = sys.modules.get(self.function.__module__)
        found: Any = module
        for part in self.function.__qualname__.split(".")[:-1]:
            found = getattr(found, part, None)
        return found if isinstance(found, type) else None

    def _learn(self, name: str, kind: type | None) -> None:
        if kind is not None:
            self._kinds[name] = kind
        else:
            self._kinds.pop(name, None)

    # ------------------------------------------------------------------------------------------------------ what is named

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            self._learn(argument.arg, self._annotated(argument.annotation))
        for one in node.body:
            self.visit(one)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.body)

    def visit_Try(self, node: ast.Try) -> None:
        swallowed: set[type[BaseException]] = set()
        for handler in node.handlers:
            if handler.name is None and not any(isinstance(n, ast.Raise) for n in ast.walk(handler)):
                swallowed |= set(self._types(handler.type))
        with self._around(swallowed):
            for one in node.body:
                self.visit(one)
        for one in (*(n for h in node.handlers for n in h.body), *node.orelse, *node.finalbody):
            self.visit(one)

    @contextmanager
    def _around(self, caught: Iterable[type[BaseException]]) -> Iterator[None]:
        before, self._caught = self._caught, self._caught | frozenset(caught)
        yield
        self._caught = before

    def _types(self, node: ast.expr | None) -> Iterator[type[BaseException]]:
        for one in node.elts if isinstance(node, ast.Tuple) else [node]:
            value = BaseException if one is None else self._value(one)
            if isinstance(value, type) and issubclass(value, BaseException):
                yield value

    def visit_Raise(self, node: ast.Raise) -> None:
        if isinstance(node.exc, ast.Call) and (cls := self._value(node.exc.func)) in GENERIC:
            self.raised.add((cls, self._caught))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        value = self._value(node.func)
        if value in (isinstance, issubclass):
            self.visit(node.args[0])
            return
        if isinstance(value, type) and issubclass(value, Malformed):
            self._malformed(node)
        self.generic_visit(node)

    def _malformed(self, node: ast.Call) -> None:
        given = next((k.value for k in node.keywords if k.arg == "status"), ast.Constant(422))
        code = node.args[0]
        if isinstance(code, ast.Constant) and isinstance(given, ast.Constant):
            self.raised.add((Outcome(int(str(given.value)), str(code.value), TITLES[int(str(given.value))]), self._caught))

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._reach(self._value(node))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.visit(node.value)
        value = self._value(node)
        if value is not None:
            self._reach(value, depth=2 if isinstance(self._value(node.value), types.ModuleType) else 0)
        elif (kind := self._kind(node.value)) is not None:
            for cls in (kind, *kind.__subclasses__()):
                self._reach(inspect.getattr_static(cls, node.attr, None))
        elif self._value(node.value) is None:
            self.named |= {(method, self._caught) for method in self.outcomes.methods.get(node.attr, ()) if self._may_call(method)}

    def _may_call(self, method: Function) -> bool:
        """Whether a method of that name may be meant here: a private one is in its own file; the kit knows no service."""
        here, there = self.function.__module__, method.__module__
        return here == there or not (method.__name__.startswith("_") or (here.startswith("fps.kit.") and not there.startswith("fps.kit.")))

    def _reach(self, value: Any, *, depth: int = 2) -> None:
        """What a value brings: a refusal, a function; those of a table, and the refusal that an object was made with."""
        if isinstance(value, type) and issubclass(value, Refus | Unavailable):
            if value not in (*GENERIC, Unavailable):
                self.raised.add((value, self._caught))
        elif depth and isinstance(value, Mapping | tuple | list | frozenset):
            if len(value) < TABLE:
                for one in value.values() if isinstance(value, Mapping) else value:
                    self._reach(one, depth=depth - 1)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type) and type(value) not in self.outcomes.instances:
            for one in vars(value).values() if hasattr(value, "__dict__") else (getattr(value, f.name) for f in dataclasses.fields(value)):
                if isinstance(one, type):
                    self._reach(one)
        else:
            self.named |= {(f, self._caught) for f in self.outcomes.functions(value)}

    # ------------------------------------------------------------------------------------------------- what a name stands for

    def _value(self, node: ast.expr) -> Any:
        """The object that an expression names, when it is known before anything runs; else None."""
        if isinstance(node, ast.Name):
            if node.id in self._kinds:
                return self.outcomes.instances.get(self._kinds[node.id])
            found = self._cells.get(node.id, self.function.__globals__.get(node.id))
            return found if found is not None else {"isinstance": isinstance, "issubclass": issubclass}.get(node.id)
        if isinstance(node, ast.Attribute):
            value = self._value(node.value)
            if value is None:
                kind = self._kind(node.value)
                value = None if kind is None else self.outcomes.instances.get(kind)
            if isinstance(value, types.ModuleType | type) or (value is not None and self.outcomes.ours(type(value))):
                return getattr(value, node.attr, None) if not isinstance(value, type) else inspect.getattr_static(value, node.attr, None)
        return None

    def _kind(self, node: ast.expr) -> type | None:
        """The class of what an expression gives, when it is one of the project's."""
        if isinstance(node, ast.Await):
            return self._kind(node.value)
        if isinstance(node, ast.Name):
            if node.id in self._kinds:
                return self._kinds[node.id]
            value = self._value(node)
            return type(value) if value is not None and self.outcomes.ours(type(value)) else None
        if isinstance(node, ast.Attribute):
            value = self._value(node)
            if value is not None and not isinstance(value, Function | property) and self.outcomes.ours(type(value)):
                return type(value)
            kind = self._kind(node.value)
            return None if kind is None else class_of_field(kind, node.attr)
        if isinstance(node, ast.Call):
            return self._given(node)
        return None

    def _given(self, node: ast.Call) -> type | None:
        """The class of what a call gives: the class that is called, or what the function says that it returns."""
        value = self._value(node.func)
        if value is None and isinstance(node.func, ast.Attribute) and (kind := self._kind(node.func.value)) is not None:
            value = inspect.getattr_static(kind, node.func.attr, None)
        if isinstance(value, type):
            return value if self.outcomes.ours(value) else None
        value = value.__func__ if isinstance(value, types.MethodType | staticmethod | classmethod) else value
        if not callable(value):
            return None
        value = inspect.unwrap(value)
        if not isinstance(value, Function):
            return None
        found = class_named(value.__annotations__.get("return"), value.__globals__)
        if found is None and node.args and left_open(value.__annotations__.get("return")):  # work.find(Dossier, numero)
            asked = self._value(node.args[0])
            found = asked if isinstance(asked, type) and self.outcomes.ours(asked) else None
        return found

    def _annotated(self, node: ast.expr | None) -> type | None:
        if node is None:
            return None
        if isinstance(node, ast.BinOp):
            return self._annotated(node.left) or self._annotated(node.right)
        value = self._value(node)
        return value if isinstance(value, type) and self.outcomes.ours(value) else None

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else []
                pairs = list(zip(target.elts, values, strict=False))
            for one, value in pairs:
                if isinstance(one, ast.Name):
                    self._learn(one.id, self._kind(value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._learn(node.target.id, self._annotated(node.annotation))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._learn(node.target.id, self._kind(node.value))

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if isinstance(node.optional_vars, ast.Name):
            self._learn(node.optional_vars.id, self._kind(node.context_expr))


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
