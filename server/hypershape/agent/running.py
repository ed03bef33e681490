"""Runs a slice statement by statement, so that one that cannot run costs only the names it would bind."""

from __future__ import annotations

import ast
import builtins
import copy
import dis
import functools
import sys
import types
from typing import Any, Callable, Iterator

import numpy

from . import arguments, datasets, folders, forgiving, imports, replaced, since, unsettled
from .places import below
from .standins import Assumption, StandIn, stand_in

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def forget_modules(folder: str) -> None:
    """Lets modules of the user's be imported anew: those of a slice, and those that lie in `folder`."""
    inside = below([folder])
    for name in since.names():
        module = sys.modules.get(name)
        place = getattr(module, "__file__", None)
        packaged = isinstance(place, str) and ("site-packages" in place or "dist-packages" in place)
        own = isinstance(place, str) and not packaged and inside(place)
        if name != "__main__" and (own or getattr(module, "__dict__", {}).get("__hypershape__")):
            del sys.modules[name]


_BLOCKS = (ast.If, ast.With, ast.Try)
"""Statements whose own statements run once, one after the other."""


class Slice:
    """The slice's modules in this process, and what was put in the place of what is missing."""

    def __init__(
        self, fields: dict[str, Any], assumption: Assumption, index: int = 0, tries_first: bool = False
    ) -> None:
        """`index` is the number of the assumption; with `tries_first` what the text says of a value that other code sets
        is tried under the first."""
        self._fields = fields
        self.assumption = assumption
        self.unsettled = unsettled.Unsettled(fields.get("unsettled") or (), assumption, index, tries_first)
        self._namespaces: list[dict[str, Any]] = []
        self.missing: dict[str, str] = {}
        """Names that are bound to stand-ins, each with why."""
        self.given: Any = None
        """What the tuner gets as `hyperparameters=`."""
        self._finder: imports.Finder | None = None
        self.perform: Callable[[Callable[[], Any]], Any] = lambda act: act()
        """Runs what a rehearsal watches: the statements on the lines of `acts`, else the expression."""
        self._acts = {fields["files"][-1]["path"]: fields.get("acts") or ()}
        """The lines of what a rehearsal watches, in the last file."""
        self.begun: Callable[[], bool] = lambda: False
        """Whether what is played has gone so far that nothing is to run again."""
        self.stumbled: Callable[[BaseException], None] = lambda error: None
        """Is told what a statement raised whose names become stand-ins."""

    def run(self, attempt: Callable[[Callable[[], None]], None]) -> Callable[[Any], Any]:
        """Runs every file and returns the target. `attempt` runs one statement within its time.

        Raises what an import, a definition or the target's expression raises.
        """
        datasets.install()
        folders.install(self.assumption)
        self._finder = imports.install(self.assumption)
        replaced.install(self.assumption)
        arguments.install(self.assumption)
        namespace: dict[str, Any] = {}
        for file in self._fields["files"]:
            namespace = self._file(file, attempt)
        expression = ast.parse(self._fields["expression"].strip(), mode="eval")
        self.unsettled.read_by(expression, self._namespaces)
        target = self.perform(lambda: self._target(namespace))
        self.unsettled.made(target)
        self.unsettled.read_by(expression, self._namespaces, unsettled.names_in(target))
        self.unsettled.leave()
        if self._fields.get("hyperparameters"):
            self.given = eval(self._fields["hyperparameters"], namespace)
        return target  # type: ignore[no-any-return]

    def _target(self, namespace: dict[str, Any]) -> Any:
        """The value of the target's expression; functions around it do without what is not at hand."""
        return self._forgiving(lambda: eval(self._fields["expression"], namespace))

    def _forgiving(self, run: Callable[[], Any], otherwise: Callable[[], Any] | None = None) -> Any:
        """What some code gives whose functions do without what is not at hand; `otherwise` runs where none of them can."""
        texts = {file["path"]: file["text"] for file in self._fields["files"]}
        while True:
            try:
                return run()
            except Exception as error:
                if not self._is_for_want_of_data(error):
                    raise
                if not forgiving.forgive(error, texts, self._absent, self._acts):
                    if otherwise is None:
                        raise
                    run, otherwise = otherwise, None

    def _is_for_want_of_data(self, error: Exception) -> bool:
        """Whether what is around the target, or before what is played, may go on without what an error left unbound."""
        wants = isinstance(error, OSError) or self.assumption.made
        if self.begun() or not wants:
            return False
        self.stumbled(error)
        return not forgiving.is_within(error, self._acts)

    def _act(self, statement: ast.stmt, namespace: dict[str, Any]) -> None:
        """Runs a statement that is played, or in a block of which one is; the block does without data that is not at hand."""
        path = namespace["__file__"]
        self._run_softly(statement, _compiled(statement, path), namespace, self._acts[path])

    def _run_softly(
        self, statement: ast.stmt, code: types.CodeType, namespace: dict[str, Any], kept: forgiving.Lines
    ) -> None:
        """Runs a statement whose functions, and whose own statements but for those kept, do without what is not at hand."""

        def softened() -> None:
            soft = forgiving.softened(statement, namespace, self._absent, kept)
            exec(_compiled(soft, namespace["__file__"]), namespace)

        self._forgiving(lambda: exec(code, namespace), softened)

    def _absent(self, name: str, error: BaseException) -> StandIn:
        self.stumbled(error)
        self.missing[name] = f"{type(error).__name__}: {error}"
        return stand_in(name, self.assumption)

    def _file(self, file: dict[str, Any], attempt: Callable[[Callable[[], None]], None]) -> dict[str, Any]:
        module = types.ModuleType(file["module"])
        module.__file__ = file["path"]
        if file["path"].endswith("__init__.py"):
            module.__package__ = file["module"]
            module.__path__ = []
        else:
            module.__package__ = file["module"].rpartition(".")[0]
        parent, _, own = file["module"].rpartition(".")
        if parent in sys.modules:
            setattr(sys.modules[parent], own, module)
        module.__dict__["__hypershape__"] = True
        sys.modules[file["module"]] = module
        namespace = module.__dict__
        self._namespaces.append(namespace)
        for name, why in self._fields.get("stand_ins", {}).items():
            self._bind(namespace, name, why)
        acts = self._acts.get(file["path"], ())
        tree = ast.parse(file["text"], file["path"])
        needed = _unbound_names(tree)
        for statement in tree.body:
            if any(
                statement.lineno <= first <= (statement.end_lineno or 0) for first, _ in acts
            ) and not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                self.unsettled.read_by(statement, self._namespaces)
                self.perform(functools.partial(self._act, statement, namespace))
                continue
            if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
                imports.give_all(statement, sorted(needed - namespace.keys()))
            self.unsettled.read_by(statement, self._namespaces)
            self._statement(statement, namespace, attempt)
            self.unsettled.found(statement, namespace)
        self.unsettled.missing(namespace)
        return namespace

    def _statement(
        self, statement: ast.stmt, namespace: dict[str, Any], attempt: Callable[[Callable[[], None]], None]
    ) -> None:
        """Runs one statement; what it would have bound is a stand-in where it cannot run."""
        code = _compiled(statement, namespace["__file__"])
        try:
            attempt(lambda: exec(code, namespace))
        except Exception as error:
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                raise
            if isinstance(error, OSError) and self._does_without(statement, code, namespace, attempt):
                return
            self.unsettled.failed()
            bound = list(_bound(statement)) or list(_changed(statement, namespace))
            idle = isinstance(statement, ast.Expr) and isinstance(error, OSError)
            if self._imports_the_rest(statement, namespace):
                return
            if idle and not bound:
                bound = self._without_data(statement, code, namespace, attempt)
            if not (bound or idle) or _is_ours_to_report(statement, error):
                raise
            self.stumbled(error)
            for name in bound:
                if name not in namespace or isinstance(
                    statement, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.Expr)
                ):
                    self._bind(namespace, name, f"{type(error).__name__}: {error}")
            for inner in _defined_inside(statement):
                # The target may be defined in a loop over what is not at hand, and need little of it.
                self._statement(inner, namespace, attempt)
        else:
            for name in _bound(statement) if isinstance(statement, ast.Assign) else ():
                value = namespace.get(name)
                if isinstance(value, StandIn):
                    value.rename(name)
                elif _holds_nothing(value) and not _leaves_empty(statement, namespace):
                    # Windows of data that is not at hand: there are as few of them as there is of the data.
                    self.missing[name] = "it is made from data that is not at hand"
                    namespace[name] = self._in_place_of(value, name)
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.decorator_list:
                self._without_missing_decorators(statement, namespace)

    def _does_without(
        self,
        statement: ast.stmt,
        code: types.CodeType,
        namespace: dict[str, Any],
        attempt: Callable[[Callable[[], None]], None],
    ) -> bool:
        """Whether a block, or a call that sets what the target reads, runs where what is not at hand has stand-ins in it."""
        if not isinstance(statement, _BLOCKS) and not self.unsettled.is_awaited:
            return False
        try:
            attempt(lambda: self._run_softly(statement, code, namespace, ()))
        except Exception:
            return False
        return True

    def _without_data(
        self,
        statement: ast.stmt,
        code: types.CodeType,
        namespace: dict[str, Any],
        attempt: Callable[[Callable[[], None]], None],
    ) -> list[str]:
        """Runs a call whose functions do without what is not at hand; gives the name of its owner where none of them can."""
        try:
            attempt(lambda: self._forgiving(lambda: exec(code, namespace)))
        except Exception:
            return list(_owner(statement, namespace))
        return []

    def _imports_the_rest(self, statement: ast.stmt, namespace: dict[str, Any]) -> bool:
        """Whether an import gives all its names, where what Keras has no more is a stand-in: that it fails is told."""
        known = self._fields.get("stand_ins", {})
        if not isinstance(statement, ast.ImportFrom) or not any(
            _called(each) in known for each in statement.names
        ):
            return False
        for each in statement.names:
            if _called(each) not in known:
                single = ast.copy_location(
                    ast.ImportFrom(statement.module, [each], statement.level), statement
                )
                exec(_compiled(single, namespace["__file__"]), namespace)
        return True

    def _without_missing_decorators(self, statement: Any, namespace: dict[str, Any]) -> None:
        """A definition that a decorator of a missing package took away is there without it."""
        made = namespace.get(statement.name)
        if isinstance(made, StandIn):
            bare = copy.copy(statement)
            bare.decorator_list = []
            exec(_compiled(bare, namespace["__file__"]), namespace)

    def _bind(self, namespace: dict[str, Any], name: str, why: str) -> None:
        namespace[name] = stand_in(name, self.assumption)
        self.missing[name] = why

    def _in_place_of(self, value: Any, name: str) -> Any:
        """What stands for an array of nothing, or for several: of the shapes that the code says."""
        if isinstance(value, tuple):
            return tuple(self._in_place_of(each, f"{name}[{index}]") for index, each in enumerate(value))
        return stand_in(name, self.assumption).of_rows(value.shape)

    @property
    def absent(self) -> list[str]:
        """The modules that were imported and not found."""
        return list(self._finder.missing) if self._finder is not None else []

    def reason(self) -> str:
        """What is not at hand, and why: a package that is not installed, else the first name that could not be bound."""
        for name in self.absent:
            return f"`{name}` is not installed"
        for name, why in self.missing.items():
            return f"`{name}` could not be had ({why.strip().splitlines()[0][:120] if why.strip() else 'unknown'})"
        return ""

    def uses_stand_ins(self, function: Any) -> bool:
        """Whether the target, or a function or class of its modules, mentions a name that is a stand-in."""
        for file in self._fields["files"]:
            namespace = vars(sys.modules[file["module"]])
            names = {name for name, value in namespace.items() if isinstance(value, StandIn)}
            if names and any(names & set(_names(value)) for value in [function, *namespace.values()]):
                return True
        return False


def _is_ours_to_report(statement: ast.stmt, error: Exception) -> bool:
    """An import of Keras's that fails is the user's failure, too: a search would not start."""
    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
        return False
    names = (
        [statement.module or ""]
        if isinstance(statement, ast.ImportFrom)
        else [each.name for each in statement.names]
    )
    return any(name.partition(".")[0] in imports.NEEDED for name in names)


def _holds_nothing(value: Any) -> bool:
    """Whether a value is an array without a number in it, or several of them."""
    if isinstance(value, tuple):
        return bool(value) and all(map(_holds_nothing, value))
    return isinstance(value, numpy.ndarray) and value.size == 0


def _leaves_empty(statement: ast.stmt, namespace: dict[str, Any]) -> bool:
    """Whether the code itself makes an array of nothing: `np.empty((0, 24))`, or the rest of an array that is at hand."""
    value = getattr(statement, "value", None)
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    if any(isinstance(namespace.get(name), numpy.ndarray) and namespace[name].size for name in names):
        return True
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    of_numpy = isinstance(value.func.value, ast.Name) and namespace.get(value.func.value.id) is numpy
    given = [node for each in (*value.args, *value.keywords) for node in ast.walk(each)]
    return of_numpy and not any(isinstance(node, ast.Name) for node in given)


def _compiled(statement: ast.stmt, path: str) -> types.CodeType:
    return compile(ast.Module([statement], []), path, "exec", dont_inherit=True)


def _defined_inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in the first block of a loop, condition or the like that defines something to call."""
    body = getattr(statement, "body", None)
    if not isinstance(statement, _DEFINITIONS) and isinstance(body, list):
        if any(isinstance(each, _DEFINITIONS) for node in body for each in ast.walk(node)):
            yield from body


def _unbound_names(tree: ast.Module) -> set[str]:
    """The names that a text reads and never binds: builtins, and what an `import *` may give."""
    read: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return read - bound - set(_bound(tree)) - set(dir(builtins))


def _bound(statement: ast.AST) -> Iterator[str]:
    """The names that a statement binds at module level."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias) and node.name != "*":
            yield (node.asname or node.name).partition(".")[0]


def _changed(statement: ast.stmt, namespace: dict[str, Any]) -> Iterator[str]:
    """What a call would have changed: `tokenizer` in `tokenizer.fit_on_texts(texts)` with a stand-in, and what a function of
    the file fills that names it."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return
    called = statement.value.func
    function = namespace.get(called.id) if isinstance(called, ast.Name) else None
    if isinstance(function, types.FunctionType) and function.__globals__ is namespace:
        yield from _filled(function.__code__, namespace)
        return
    names = [node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)]
    if any(isinstance(namespace.get(name), StandIn) for name in names):
        yield from _owner(statement, namespace)


def _owner(statement: ast.stmt, namespace: dict[str, Any]) -> Iterator[str]:
    """The name of what a method is called on, where that is no module."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    owner = call.func if isinstance(call, ast.Call) else None
    while isinstance(owner, (ast.Attribute, ast.Subscript)):
        owner = owner.value
    if isinstance(owner, ast.Name) and not isinstance(namespace.get(owner.id), types.ModuleType):
        yield owner.id


def _called(alias: ast.alias) -> str:
    """The name that an import binds."""
    return alias.asname or alias.name


def _filled(code: types.CodeType, namespace: dict[str, Any]) -> Iterator[str]:
    """The names that a function's code binds with `global`, and those of lists and dictionaries that are empty so far."""
    for each in dis.get_instructions(code):
        value = namespace.get(each.argval) if each.opname == "LOAD_GLOBAL" else None
        if each.opname == "STORE_GLOBAL" or (type(value) in (list, dict) and not value):
            yield each.argval


def _names(value: Any) -> Iterator[str]:
    """The global names in the code of a function, or of a class's methods."""
    if isinstance(value, types.MethodType):
        value = type(value.__self__)
    if isinstance(value, type):
        for each in vars(value).values():
            if isinstance(each, types.FunctionType):
                yield from _names(each)
    elif isinstance(value, types.FunctionType):
        waiting = [value.__code__]
        while waiting:
            code = waiting.pop()
            yield from code.co_names
            waiting += [each for each in code.co_consts if isinstance(each, types.CodeType)]
