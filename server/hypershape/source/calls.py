"""Tuner constructions and search calls, with the literal arguments they were given."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from hypershape.model import Argument, Call, TunerCall, Value
from hypershape.source.borrowed import lineage
from hypershape.source.code import Code, Definition, argument, blocks
from hypershape.source.modules import NEVER_LOCAL
from hypershape.source.names import FUNCTIONS

_ORACLE_OPTIONS = "seed hyperparameters tune_new_entries allow_new_entries max_retries_per_trial max_consecutive_failed_trials"
# Positional parameters of keras-tuner 1.4.8, in order.
_TUNERS = {
    "RandomSearch": f"hypermodel objective max_trials {_ORACLE_OPTIONS}",
    "GridSearch": f"hypermodel objective max_trials {_ORACLE_OPTIONS}",
    "Hyperband": f"hypermodel objective max_epochs factor hyperband_iterations {_ORACLE_OPTIONS}",
    "BayesianOptimization": f"hypermodel objective max_trials num_initial_points alpha beta {_ORACLE_OPTIONS}",
    "SklearnTuner": "oracle hypermodel scoring metrics cv",
    "Sklearn": "oracle hypermodel scoring metrics cv",
    "Tuner": "oracle hypermodel max_model_size optimizer loss metrics distribution_strategy directory project_name"
    " logger tuner_id overwrite executions_per_trial",
    "BaseTuner": "oracle hypermodel directory project_name overwrite",
    "MultiExecutionTuner": "oracle hypermodel max_model_size optimizer loss metrics distribution_strategy directory"
    " project_name logger tuner_id overwrite executions_per_trial",
}
_SEARCH = (
    "x y batch_size epochs verbose callbacks validation_split validation_data shuffle class_weight sample_weight"
    " initial_epoch steps_per_epoch validation_steps validation_batch_size validation_freq"
)
_SKLEARN_SEARCH = "X y sample_weight groups"
_OF_INTEREST = re.compile(r"(?i)search|tuner|objective|hyper|\bhp\b")
_DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
SKLEARN_TUNERS = ("SklearnTuner", "Sklearn")


@dataclass(frozen=True, slots=True)
class Construction:
    """A tuner's construction as nodes: the call, the statement around it, what the tuner is bound to."""

    node: ast.Call
    statement: ast.stmt
    tuner: TunerCall
    bound_to: str | None
    searches: tuple[tuple[ast.stmt, ast.Call], ...] = ()

    @property
    def hypermodel(self) -> ast.expr | None:
        """The expression handed to the tuner to build models from."""
        return self.argument("hypermodel")

    def argument(self, name: str) -> ast.expr | None:
        """What the tuner gets for one of its parameters."""
        names = _TUNERS.get(self.tuner.class_name, _TUNERS["RandomSearch"]).split()
        return argument(self.node, name, names.index(name) if name in names else None)


class TunerFinder:
    """Finds the tuners of one file."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self._lineages: dict[str, Sequence[tuple[Code, ast.ClassDef | str]]] = {}

    def _lineage(self, name: str) -> Sequence[tuple[Code, ast.ClassDef | str]]:
        """The classes behind a name with a capital letter that another file of the project defines."""
        if name not in self._lineages:
            first, last = name.partition(".")[0], name.rpartition(".")[2]
            could_be = last[:1].isupper() and first not in NEVER_LOCAL and last not in self.code.defined
            self._lineages[name] = tuple(lineage(self.code, name)) if could_be else ()
        return self._lineages[name]

    def _borrowed(self, name: str) -> str | None:
        """The class of Keras Tuner that a class of another file of the project derives from."""
        tuners = (each for _, each in self._lineage(name) if isinstance(each, str))
        found = (each.rpartition(".")[2] for each in tuners if each.startswith("keras_tuner."))
        return next((each for each in found if each in _TUNERS), None)

    @cached_property
    def _borrowed_names(self) -> set[str]:
        """The last names of tuner classes that other files of the project define, as the file calls them."""
        if _OF_INTEREST.search(self.code.clean) is None:
            # The files of a project are many, and few have to do with a search.
            return set()
        called = {(self.code.origin(each.func) or "", _last(each.func)) for each in self.code.calls}
        return {last for name, last in called if name and self._borrowed(name) is not None}

    @cached_property
    def subclasses(self) -> dict[str, str]:
        """The file's own Tuner classes, with the class of Keras Tuner that each derives from."""
        found: dict[str, str] = {}
        for node in self.code.definitions:
            if isinstance(node, ast.ClassDef):
                for base in node.bases:
                    name = self.class_name(base, found)
                    if name is not None:
                        found.setdefault(node.name, name)
        return found

    def class_name(self, function: ast.expr, own: Mapping[str, str] | None = None) -> str | None:
        """The tuner class of Keras Tuner that an expression names, e.g. "RandomSearch"."""
        if isinstance(function, ast.Call):
            # A class made from a tuner class: `inner_cv(RandomSearch)(build_model, …)`.
            return next(
                (name for each in function.args if (name := self.class_name(each, own)) is not None), None
            )
        name = self.code.origin(function)
        if name is None:
            return None
        own = self.subclasses if own is None else own
        if name in own:
            return own[name]
        first, _, _ = name.partition(".")
        last = name.rpartition(".")[2]
        # The first releases gave oracles the names of tuners, in a module of their own.
        if last not in _TUNERS or ".oracles." in name:
            return self._borrowed(name)
        if first == "keras_tuner":
            return last
        if first == last and (self._star_import_of_a_tuner() or self._is_unbound(first)):
            return last
        # `kt.RandomSearch` in a file whose import of `kt` does not parse or is in another cell.
        return last if first in ("kt", "tuner") and first not in self.code.imports else None

    def _is_unbound(self, name: str) -> bool:
        """Whether nothing in the file binds a name: the import of a snippet is elsewhere."""
        bound = name in self.code.imports or any(node.name == name for node in self.code.definitions)
        return not bound and name in ("RandomSearch", "Hyperband", "BayesianOptimization")

    def _star_import_of_a_tuner(self) -> bool:
        return any(each.partition(".")[0] == "keras_tuner" for each in self.code.star_imports)

    @cached_property
    def constructions(self) -> tuple[Construction, ...]:
        """Every tuner that the file makes, in the order of the text."""
        found = [
            (statement, call, name)
            for statement, call in self._calls(self._mentions)
            if (name := self.class_name(call.func)) is not None
        ]
        found += self._of_held_classes({id(call) for _, call, _ in found})
        found.sort(key=lambda each: (each[1].lineno, each[1].col_offset))
        return tuple(self._construction(*each) for each in found)

    @cached_property
    def _mentions(self) -> set[int]:
        """The lines that name a tuner class."""
        aliases = {name for name, origin in self.code.imports.items() if origin.rpartition(".")[2] in _TUNERS}
        words = "|".join(
            map(re.escape, sorted({*_TUNERS, *aliases, *self.subclasses, *self._borrowed_names}))
        )
        return {
            self.code.text.place(match.start())[0]
            for match in re.finditer(rf"\b(?:{words})\b", self.code.clean)
        }

    def _of_held_classes(self, known: set[int]) -> list[tuple[ast.stmt, ast.Call, str]]:
        """The calls of what holds a tuner class: a variable, a parameter, an attribute, an entry of a table."""
        if not any(self._is_held(each) for each in self._named):
            return []
        found = []
        for call in self.code.calls:
            statement = self.code.statement(call)
            if id(call) in known or isinstance(statement, _DEFINITIONS) or self._is_called_by_name(call):
                continue
            name = self._held(call.func, set())
            if name is not None:
                found.append((statement, call, name))
        return found

    @cached_property
    def _named(self) -> list[ast.expr]:
        """The expressions that name a tuner class."""
        lines = self._mentions
        named = (*self.code.every(ast.Name), *self.code.every(ast.Attribute))
        return [each for each in named if each.lineno in lines and self.class_name(each) is not None]

    def _is_held(self, node: ast.expr) -> bool:
        """Whether the class that an expression names goes anywhere but into a call or a class."""
        around = self.code.parents.get(node)
        return not (isinstance(around, ast.Call) and around.func is node) and not isinstance(
            around, ast.ClassDef
        )

    def _is_called_by_name(self, call: ast.Call) -> bool:
        """Whether a call is of something that is imported or defined in the file, which holds no class of another."""
        root = call.func
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        name = root.id if isinstance(root, ast.Name) else ""
        return isinstance(call.func, ast.Name) and (name in self.code.imports or name in self.code.defined)

    def _held(self, node: ast.expr, asked: set[ast.expr]) -> str | None:
        """The tuner class that an expression is or holds, the first where there are several; `asked` hold none."""
        if node in asked:
            return None
        asked.add(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self.class_name(node) or self._first(self._values(node), asked)
        if isinstance(node, ast.Subscript):
            return self._held(node.value, asked)
        if isinstance(node, ast.Call):
            # Of calls only the methods of a table give what it holds.
            table = node.func if isinstance(node.func, ast.Attribute) else None
            is_asked = table is not None and table.attr in ("get", "items", "values")
            return self._held(table.value, asked) if table is not None and is_asked else None
        parts: Sequence[ast.expr] = ()
        if isinstance(node, ast.IfExp):
            parts = (node.body, node.orelse)
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.BoolOp)):
            parts = node.values if isinstance(node, ast.BoolOp) else node.elts
        elif isinstance(node, ast.Dict):
            parts = node.values
        return self._first(parts, asked)

    def _first(self, nodes: Iterable[ast.expr], asked: set[ast.expr]) -> str | None:
        return next((name for each in nodes if (name := self._held(each, asked)) is not None), None)

    def _values(self, node: ast.Name | ast.Attribute) -> Iterator[ast.expr]:
        """What the file binds a variable, or an attribute of an own class, to."""
        if isinstance(node, ast.Name):
            for binding in self.code.bound_at(node.id, node):
                yield from self._bound(binding)
        elif isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            owner = next((each for each in self.code.scopes(node) if isinstance(each, ast.ClassDef)), None)
            for assigned in self.code.assignments if owner is not None else ():
                for target in assigned.targets:
                    own = isinstance(target, ast.Attribute) and owner in self.code.scopes(assigned)
                    plain = isinstance(target, ast.Name) and self.code.enclosing(assigned) is owner
                    if (own or plain) and node.attr in (
                        getattr(target, "attr", ""),
                        getattr(target, "id", ""),
                    ):
                        yield assigned.value

    def _bound(self, binding: ast.AST) -> Iterator[ast.expr]:
        """What a binding gives to its name, or may give to it."""
        if isinstance(binding, ast.arg):
            function = self.code.parents.get(self.code.parents.get(binding, binding))
            if isinstance(function, FUNCTIONS):
                yield from self._given(function, binding.arg)
            return
        around = self.code.parents.get(binding)
        while isinstance(around, (ast.Tuple, ast.List)):
            around = self.code.parents.get(around)
        if isinstance(around, ast.For):
            yield around.iter
        elif isinstance(around, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and around.value is not None:
            yield around.value

    def _given(self, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Iterator[ast.expr]:
        """What calls give to a parameter, and what it is by default."""
        own = self.code.enclosing(function)
        called = own.name if function.name == "__init__" and isinstance(own, ast.ClassDef) else function.name
        places = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        first = 1 if isinstance(own, ast.ClassDef) and places[:1] in (["self"], ["cls"]) else 0
        place = places.index(name) - first if name in places else None
        for call in self.code.called.get(called, ()):
            given = argument(call, name, place)
            if given is not None:
                yield given
        defaults = [*reversed(function.args.defaults)]
        for parameter, default in zip([*reversed(places)], defaults, strict=False):
            if parameter == name:
                yield default
        for keyword, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
            if keyword.arg == name and value is not None:
                yield value

    def calls_of(self, name: str) -> list[tuple[ast.stmt, ast.Call]]:
        """The calls of what goes by a name, with or without something before it, that stand in no definition's head."""
        found = [(self.code.statement(call), call) for call in self.code.called.get(name, ())]
        return [(statement, call) for statement, call in found if not isinstance(statement, _DEFINITIONS)]

    def _calls(self, lines: set[int]) -> list[tuple[ast.stmt, ast.Call]]:
        """The calls in simple statements and headers that touch one of the lines."""
        found = []
        ordered = sorted(lines)
        for statement in self.code.statements if ordered else ():
            if not isinstance(statement, ast.stmt) or isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                continue
            nested = blocks(statement)
            last = getattr(nested[0][0], "lineno", statement.lineno) if nested else statement.end_lineno
            if bisect_left(ordered, statement.lineno) == bisect_right(ordered, last or statement.lineno):
                continue
            parts: list[ast.AST] = [statement]
            if nested:
                parts = [
                    c for c in ast.iter_child_nodes(statement) if isinstance(c, (ast.expr, ast.withitem))
                ]
            found += [(statement, c) for part in parts for c in ast.walk(part) if isinstance(c, ast.Call)]
        return sorted(found, key=lambda pair: (pair[1].lineno, pair[1].col_offset))

    def _construction(self, statement: ast.stmt, call: ast.Call, name: str) -> Construction:
        bound = None
        if isinstance(statement, ast.Assign) and statement.value is call:
            bound = ast.unparse(statement.targets[0])
        elif isinstance(statement, ast.AnnAssign) and statement.value is call:
            bound = ast.unparse(statement.target)
        elif isinstance(statement, ast.Return):
            scope = self.code.enclosing(statement)
            bound = self._bound_to_result_of(scope) if scope is not None else None
        searches = (
            self._searches(bound, call) if bound is not None else self._searched_at_once(statement, call)
        )
        names = (_SKLEARN_SEARCH if name in SKLEARN_TUNERS else _SEARCH).split()
        made = _call(self.code, call, _TUNERS[name].split())
        as_calls = tuple(_call(self.code, search, names) for _, search in searches)
        tuner = TunerCall(made, name, as_calls, self._runs_trials(call.func))
        return Construction(call, statement, tuner, bound, searches)

    def _searched_at_once(self, statement: ast.stmt, call: ast.Call) -> tuple[tuple[ast.stmt, ast.Call], ...]:
        """The search of a tuner that has no name: `RandomSearch(…).search(…)`."""
        method = self.code.parents.get(call)
        search = self.code.parents.get(method) if isinstance(method, ast.Attribute) else None
        named = isinstance(method, ast.Attribute) and method.attr == "search"
        return ((statement, search),) if named and isinstance(search, ast.Call) else ()

    def _runs_trials(self, function: ast.expr, depth: int = 0) -> bool:
        """Whether a tuner class of the file defines `run_trial` itself, or inherits one that does."""
        for node in self.code.definitions if depth < 8 else ():
            if isinstance(node, ast.ClassDef) and isinstance(function, ast.Name) and node.name == function.id:
                own = _defines(node, "run_trial")
                return own or any(self._runs_trials(base, depth + 1) for base in node.bases)
        classes = (
            each
            for _, each in self._lineage(self.code.origin(function) or "")
            if isinstance(each, ast.ClassDef)
        )
        return any(_defines(each, "run_trial") for each in classes)

    def _bound_to_result_of(self, function: Definition) -> str | None:
        """The name that the result of a function that returns a tuner is bound to."""
        for node in self.code.statements:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Call)
                and isinstance(node.value.func, (ast.Name, ast.Attribute))
                and ast.unparse(node.value.func).rpartition(".")[2] == function.name
            ):
                return ast.unparse(node.targets[0])
        return None

    @cached_property
    def _search_calls(self) -> list[tuple[str, ast.stmt, ast.Call]]:
        return [
            (ast.unparse(call.func.value), statement, call)
            for statement, call in self.calls_of("search")
            if isinstance(call.func, ast.Attribute)
        ]

    @cached_property
    def _rebindings(self) -> list[tuple[ast.Assign, str]]:
        """Where a tuner is made and bound, with what it is bound to."""
        return [
            (node, ast.unparse(target))
            for node in self.code.statements
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            if node.value.lineno in self._mentions and self.class_name(node.value.func) is not None
            for target in node.targets
        ]

    def _excludes(self, one: ast.AST, other: ast.AST) -> bool:
        """Whether two statements stand in different branches of one `if`, of which only one runs."""
        above = [one, *self.code.ancestors(one)]
        beside = {id(each) for each in (other, *self.code.ancestors(other))}
        return any(
            isinstance(outer, ast.If)
            and id(outer) in beside
            and any(id(each) in beside for each in (outer.orelse if inner in outer.body else outer.body))
            for inner, outer in pairwise(above)
        )

    def _searches(self, bound: str, call: ast.Call) -> tuple[tuple[ast.stmt, ast.Call], ...]:
        """The searches on a tuner's name, up to the next tuner bound to the same name where that replaces this one."""
        rebound = [
            node.lineno
            for node, target in self._rebindings
            if target == bound and node.lineno > call.lineno and not self._excludes(call, node)
        ]
        last = min(rebound, default=len(self.code.text.starts) + 1)
        attribute = bound.startswith("self.")
        return tuple(
            (statement, search)
            for where, statement, search in self._search_calls
            if where == bound
            and (attribute or call.lineno <= search.lineno < last)
            and not self._excludes(call, search)
        )


def _last(function: ast.expr) -> str:
    """The last name of what is called."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _defines(node: ast.ClassDef, method: str) -> bool:
    return any(isinstance(each, FUNCTIONS) and each.name == method for each in node.body)


def _call(code: Code, node: ast.Call, names: list[str]) -> Call:
    arguments: dict[str, Argument] = {}
    for position, value in enumerate(node.args):
        if isinstance(value, ast.Starred):
            arguments["*"] = _as_argument(code, value.value)
            break
        key = names[position] if position < len(names) else str(position)
        arguments[key] = _as_argument(code, value)
    for keyword in node.keywords:
        arguments[keyword.arg or "**"] = _as_argument(code, keyword.value)
    name = code.origin(node.func) or ast.unparse(node.func)
    return Call(name, code.whole_span(node), code.whole_span(node.func), arguments)


def _as_argument(code: Code, node: ast.expr) -> Argument:
    found, value = _literal(code, node, 0)
    return Argument(code.source(node), code.whole_span(node), value if found else None, found)


def _literal(code: Code, node: ast.expr, depth: int) -> tuple[bool, Value | tuple[Value, ...]]:
    """Whether an expression is a literal or a name bound once, at module level, to one; and its value."""
    if isinstance(node, ast.Constant):
        if node.value is None or isinstance(node.value, (bool, int, float, str)):
            return True, node.value
        return False, None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        found, value = _literal(code, node.operand, depth)
        if found and isinstance(value, (int, float)):
            return True, -value if isinstance(node.op, ast.USub) else value
        return False, None
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = [_literal(code, each, depth) for each in node.elts]
        if all(found and not isinstance(value, tuple) for found, value in parts):
            return True, tuple(value for _, value in parts if not isinstance(value, tuple))
        return False, None
    if isinstance(node, ast.Name) and depth < 3 and node.id in code.constants:
        return _literal(code, code.constants[node.id], depth + 1)
    return False, None
