"""Which names a piece of code binds, changes and needs."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from hypershape.source.index import children

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BUILTINS = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__spec__", "__package__", "get_ipython", "display", "exit", "quit", "In", "Out",
}  # fmt: skip

# Methods that change what they are called on in a way that a later reader sees.
MUTATORS = frozenset(
    [
        "append",
        "appendleft",
        "extend",
        "extendleft",
        "insert",
        "update",
        "setdefault",
        "pop",
        "popitem",
        "remove",
        "clear",
        "sort",
        "reverse",
        "Int",
        "Float",
        "Choice",
        "Boolean",
        "Fixed",
        "add",
        "discard",
        "adapt",
        "build",
        "fit_on_texts",
        "set_vocabulary",
        "set_shape",
        "resize",
        "add_argument",
        "add_parser",
        "add_mutually_exclusive_group",
        "set_defaults",
    ]
)

_TELLING = frozenset(
    [
        ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda,
        ast.ClassDef, *COMPREHENSIONS, ast.Import, ast.ImportFrom, ast.AugAssign, ast.ExceptHandler, ast.MatchAs,
        ast.MatchStar, ast.MatchMapping, ast.Await, ast.AsyncFor, ast.AsyncWith,
    ]
)  # fmt: skip
"""The kinds of nodes that say something about names by themselves."""


@dataclass(slots=True)
class Names:
    """What code does to the names of the scope that it stands in.

    `loads`: needed, now or when a function defined here is called. `binds`: bound here. `changes`: names whose
    objects are changed in place. `deletes`: unbound. `global_binds`: bound at module level by a function that
    says `global`. `attributes`: attribute names that are read. `calls`: names that are called directly.
    `fits`: names whose `fit` is called. `changed_parameters`: of a function, those it changes in place.
    """

    loads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    global_binds: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    fits: set[str] = field(default_factory=set)
    changed_parameters: set[str] = field(default_factory=set)
    awaits: bool = False

    def merge(self, other: Names) -> None:
        self.loads |= other.loads
        self.binds |= other.binds
        self.changes |= other.changes
        self.deletes |= other.deletes
        self.global_binds |= other.global_binds
        self.attributes |= other.attributes
        self.calls |= other.calls
        self.fits |= other.fits
        self.awaits |= other.awaits


class NameReader:
    """Reads names off nodes and remembers what it read: a node is walked once however often it is asked about."""

    def __init__(self) -> None:
        self._functions: dict[int, Names] = {}
        self._read: dict[int, Names] = {}

    def keeping(self, nodes: Iterable[ast.AST]) -> NameReader:
        """A reader of a text that has some nodes in common with this one's."""
        kept = NameReader()
        for node in nodes:
            # By identity, which a node that is gone could share with a new one.
            if id(node) in self._read:
                kept._read[id(node)] = self._read[id(node)]
            if id(node) in self._functions:
                kept._functions[id(node)] = self._functions[id(node)]
        return kept

    def of(self, node: ast.AST) -> Names:
        """The names of one statement or expression, nested blocks included."""
        known = self._read.get(id(node))
        if known is None:
            known = self._read[id(node)] = Names()
            self._walk([node], known)
        return known

    def of_all(self, nodes: Iterable[ast.AST]) -> Names:
        """The names of several nodes together."""
        names = Names()
        for node in nodes:
            names.merge(self.of(node))
        return names

    def function(self, node: Function) -> Names:
        """What a function needs from around it and does to it when it is called."""
        known = self._functions.get(id(node))
        if known is not None:
            return known
        names = self._functions[id(node)] = Names()
        inner = Names()
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        self._walk(list(body), inner)
        declared = _declared_global(body)
        local = (inner.binds | inner.deletes | parameters(node)) - declared
        names.loads = inner.loads - local
        names.changes = inner.changes - local
        names.changed_parameters = inner.changes & parameters(node)
        names.global_binds = (inner.binds & declared) | inner.global_binds
        names.attributes = inner.attributes
        names.calls = inner.calls - local
        return names

    def signature(self, node: Function) -> Names:
        """What is needed where a function is defined: decorators, defaults and annotations."""
        parts: list[ast.AST] = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        if not isinstance(node, ast.Lambda):
            parts += node.decorator_list
            parts += [a.annotation for a in all_arguments(node.args) if a.annotation is not None]
            parts += [node.returns] if node.returns is not None else []
        return self.of_all(parts)

    def _walk(self, stack: list[ast.AST], names: Names) -> None:
        while stack:
            node = stack.pop()
            kind = node.__class__
            if kind not in _TELLING:
                stack.extend(children(node))
                continue
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    names.loads.add(node.id)
                elif isinstance(node.ctx, ast.Store):
                    names.binds.add(node.id)
                else:
                    names.deletes.add(node.id)
                continue
            if isinstance(node, (ast.Attribute, ast.Subscript)):
                if not isinstance(node.ctx, ast.Load):
                    names.changes.update(root(node))
                elif isinstance(node, ast.Attribute):
                    names.attributes.add(node.attr)
            elif isinstance(node, ast.Call):
                _note_call(node, names)
            elif isinstance(node, FUNCTIONS):
                names.binds.add(node.name)
                names.merge(self.signature(node))
                self._absorb(self.function(node), names)
                continue
            elif isinstance(node, ast.Lambda):
                names.merge(self.signature(node))
                self._absorb(self.function(node), names)
                continue
            elif isinstance(node, ast.ClassDef):
                names.binds.add(node.name)
                names.merge(self.of_all([*node.decorator_list, *node.bases, *node.keywords]))
                inner = Names()
                self._walk(list(node.body), inner)
                methods = set().union(
                    *(self.function(m).loads for m in node.body if isinstance(m, FUNCTIONS))
                )
                inner.loads = (inner.loads - inner.binds) | methods
                inner.changes -= inner.binds
                inner.binds = set()
                names.merge(inner)
                continue
            elif isinstance(node, COMPREHENSIONS):
                inner = Names()
                self._walk(list(ast.iter_child_nodes(node)), inner)
                bound = {
                    n.id
                    for generator in node.generators
                    for n in ast.walk(generator.target)
                    if isinstance(n, ast.Name)
                }
                inner.loads -= bound
                inner.changes -= bound
                inner.binds -= bound
                names.merge(inner)
                continue
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                names.binds.update(bound_by_import(node))
                continue
            elif isinstance(node, ast.AugAssign):
                if isinstance(node.target, ast.Name):
                    names.loads.add(node.target.id)
                    names.changes.add(node.target.id)
            elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
                if node.name:
                    names.binds.add(node.name)
            elif isinstance(node, ast.MatchMapping):
                if node.rest:
                    names.binds.add(node.rest)
            elif isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
                names.awaits = True
            stack.extend(children(node))

    @staticmethod
    def _absorb(function: Names, names: Names) -> None:
        """A function that is only defined changes nothing yet."""
        names.loads |= function.loads
        names.attributes |= function.attributes
        names.calls |= function.calls


def _note_call(node: ast.Call, names: Names) -> None:
    function = node.func
    if isinstance(function, ast.Name):
        names.calls.add(function.id)
        if function.id in ("setattr", "delattr") and node.args:
            names.changes.update(root(node.args[0]))
    elif isinstance(function, ast.Attribute):
        in_place = any(
            keyword.arg == "inplace"
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is True
            for keyword in node.keywords
        )
        if function.attr in MUTATORS or in_place:
            names.changes.update(root(function.value))
        elif function.attr in ("fit", "partial_fit"):
            names.fits.update(root(function.value))


def _declared_global(body: Iterable[ast.AST]) -> set[str]:
    """Names declared `global` in a function's own body."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global):
            found.update(node.names)
        elif not isinstance(node, (*SCOPES, ast.expr)):
            stack.extend(ast.iter_child_nodes(node))
    return found


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """Every parameter of a function, in order."""
    stars = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def parameters(node: Function) -> set[str]:
    """The names of all parameters of a function."""
    return {argument.arg for argument in all_arguments(node.args)}


def required(node: Function) -> list[str]:
    """The parameters that have no default, in order."""
    positional = [*node.args.posonlyargs, *node.args.args]
    without = positional[: len(positional) - len(node.args.defaults)]
    named = [a for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is None]
    return [argument.arg for argument in [*without, *named]]


def root(node: ast.AST) -> set[str]:
    """The name at the root of `a.b[c].d`: `{"a"}`; nothing when another expression stands there."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    if isinstance(node, (ast.Tuple, ast.List)):
        return set().union(*(root(each) for each in node.elts))
    return {node.id} if isinstance(node, ast.Name) else set()


def bound_by_import(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The names that an import statement binds; `*` binds none that can be told."""
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return {alias.asname or alias.name for alias in node.names if alias.name != "*"}


def plainly_bound(node: ast.AST) -> set[str]:
    """Names that a statement or clause binds itself, without those bound by `:=` or inside its blocks."""
    targets: list[ast.AST] = []
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For, ast.AsyncFor)):
        targets = [node.target]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        return bound_by_import(node)
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name}
    elif isinstance(node, ast.ExceptHandler):
        return {node.name} if node.name else set()
    elif isinstance(node, ast.match_case):
        targets = [node.pattern]
    found: set[str] = set()
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Name):
            found.add(target.id)
        elif isinstance(target, (ast.MatchAs, ast.MatchStar)) and target.name:
            found.add(target.name)
        if not isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
            targets.extend(ast.iter_child_nodes(target))
    return found


BINDING = frozenset(
    [
        ast.Name, ast.arg, ast.alias, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal,
        ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping,
    ]
)  # fmt: skip
"""The kinds of nodes that may bind a name by themselves."""


def bound_names(node: ast.AST) -> Iterator[str]:
    """The names that one node binds by itself: an assigned name, a parameter, an import, a definition, a handler."""
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        if node.name:
            yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def import_origins(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Each name that an import statement binds, with its dotted origin as written; `*` binds none that can be told."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
        return
    base = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name != "*":
            separator = "" if base.endswith(".") or not base else "."
            yield alias.asname or alias.name, f"{base}{separator}{alias.name}"


_ALIASES = (
    ("tensorflow.keras", "keras"),
    ("tensorflow.compat.v2.keras", "keras"),
    ("tensorflow.python.keras", "keras"),
    ("keras.api", "keras"),
    ("kerastuner", "keras_tuner"),
)
_TUNER_PARTS = re.compile(r"keras_tuner\.(?:src\.)?(?:engine|tuners)\.(?:\w+\.)*(?=[A-Z]\w*$)")


@lru_cache(maxsize=4096)
def canonical(dotted: str) -> str:
    """A dotted name of a library as its documentation has it.

    `tensorflow.keras` and the like are `keras`, `kerastuner` is `keras_tuner`, and a class of Keras Tuner goes by its
    public name wherever it was imported from: `keras_tuner.engine.hyperparameters.HyperParameters` is
    `keras_tuner.HyperParameters`.
    """
    for prefix, short in _ALIASES:
        if dotted.startswith(prefix) and (len(dotted) == len(prefix) or dotted[len(prefix)] == "."):
            dotted = short + dotted[len(prefix) :]
            break
    return _TUNER_PARTS.sub("keras_tuner.", dotted) if dotted.startswith("keras_tuner.") else dotted
