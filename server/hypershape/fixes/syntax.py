"""What a module's text says, read from its syntax tree alone: hyperparameter calls, constants, resolved names."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from hypershape.fixes.text import Text
from hypershape.model import Module, Span

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

HP_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "Choice": ("name", "values", "ordered", "default", "parent_name", "parent_values"),
    "Int": (
        "name", "min_value", "max_value", "step", "sampling", "default", "parent_name", "parent_values",
    ),
    "Float": (
        "name", "min_value", "max_value", "step", "sampling", "default", "parent_name", "parent_values",
    ),
    "Boolean": ("name", "default", "parent_name", "parent_values"),
    "Fixed": ("name", "value", "parent_name", "parent_values"),
}  # fmt: skip
"""The parameters of `keras_tuner.HyperParameters` methods in order (keras-tuner 1.4)."""

_UNKNOWN = object()


@dataclass(frozen=True, slots=True)
class HpCall:
    """A call `hp.Int(…)`: its arguments by parameter name; `complete` is False when it has `*` or `**`."""

    kind: str
    node: ast.Call
    span: Span
    arguments: Mapping[str, ast.expr]
    complete: bool


class Code:
    """The syntax tree of `module.clean` with what several rules ask of it; built once per text."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.text = Text.of(module.clean)
        self.tree = _parsed(module.clean)

    @staticmethod
    def of(module: Module) -> Code:
        return _code(_Key(module))

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node in the order of the text, parents before their children."""
        return self._walked[0]

    @cached_property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        return self._walked[1]

    @cached_property
    def _walked(self) -> tuple[list[ast.AST], dict[ast.AST, ast.AST]]:
        found: list[ast.AST] = []
        parents: dict[ast.AST, ast.AST] = {}
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            found.append(node)
            children = list(ast.iter_child_nodes(node))
            for child in children:
                parents[child] = node
            waiting.extend(reversed(children))
        return found, parents

    @cached_property
    def classes(self) -> Sequence[ast.ClassDef]:
        return [node for node in self.nodes if isinstance(node, ast.ClassDef)]

    @cached_property
    def calls(self) -> Sequence[ast.Call]:
        return [node for node in self.nodes if isinstance(node, ast.Call)]

    def span(self, node: ast.AST) -> Span:
        """The span of an expression or statement, columns in characters."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_line = getattr(node, "end_lineno", None) or line
        end_column = getattr(node, "end_col_offset", None) or column
        return Span(
            self.module.document.path,
            line,
            self._characters(line, column),
            end_line,
            self._characters(end_line, end_column),
        )

    def _characters(self, line: int, utf8: int) -> int:
        text = self.text.line(line) if line <= len(self.text.starts) else ""
        return utf8 + 1 if text.isascii() else len(text.encode()[:utf8].decode(errors="ignore")) + 1

    def source(self, node: ast.AST) -> str:
        return self.text.within(self.span(node))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function(self, node: ast.AST) -> Function | None:
        """The innermost function around a node."""
        for each in self.ancestors(node):
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                return each
        return None

    def origin(self, node: ast.AST) -> str | None:
        """The dotted name that an expression stands for, imports followed: `kt.Hyperband` → keras_tuner.Hyperband.

        `tensorflow.keras` counts as `keras` and `kerastuner` as `keras_tuner`.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        origin = self.module.imports.get(node.id, node.id)
        return canonical(".".join([origin, *reversed(parts)]))

    def imported(self, node: ast.AST) -> str | None:
        """`origin` of a name that really comes from an import, else None."""
        base = node
        while isinstance(base, ast.Attribute):
            base = base.value
        if isinstance(base, ast.Name) and base.id in self.module.imports:
            return self.origin(node)
        return None

    @cached_property
    def bindings(self) -> Mapping[str, Sequence[ast.AST]]:
        """For every name, each node that binds it anywhere in the file (assignments, parameters, imports, loops)."""
        found: dict[str, list[ast.AST]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
            elif isinstance(node, ast.arg):
                found.setdefault(node.arg, []).append(node)
            elif isinstance(node, ast.alias):
                found.setdefault((node.asname or node.name).split(".")[0], []).append(node)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.setdefault(node.name, []).append(node)
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                for name in node.names:
                    found.setdefault(name, []).append(node)
        return found

    def scope(self, node: ast.AST) -> ast.AST:
        """The innermost function or class around a node, or the module."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
        return next((each for each in self.ancestors(node) if isinstance(each, kinds)), self.tree)

    def definition(self, name: str, at: ast.AST) -> ast.expr | None:
        """The value of a name as seen at a node, if its scope binds it once, by a plain assignment that always runs."""
        bound = self.bindings.get(name, ())
        if any(isinstance(each, (ast.Global, ast.Nonlocal)) for each in bound):
            return None
        scope: ast.AST = self.scope(at)
        while True:
            here = [each for each in bound if self.scope(each) is scope]
            if here:
                return self._assigned(here[0]) if len(here) == 1 else None
            if scope is self.tree:
                return None
            scope = self.scope(scope)
            while isinstance(scope, ast.ClassDef):
                scope = self.scope(scope)

    def _assigned(self, binding: ast.AST) -> ast.expr | None:
        statement = self.parents.get(binding)
        if not isinstance(statement, ast.Assign) or statement.targets != [binding]:
            return None
        for each in self.ancestors(statement):
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                break
            if isinstance(each, (ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try, ast.match_case)):
                return None
        return statement.value

    def resolve(self, node: ast.expr) -> ast.expr:
        """The expression itself, or the one that defines it when it is the name of a constant."""
        for _ in range(4):
            found = self.definition(node.id, node) if isinstance(node, ast.Name) else None
            if found is None:
                break
            node = found
        return node

    def uses(self, name: str) -> int:
        """How often a name is read in the file."""
        return sum(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            for node in self.nodes
        )

    def value(self, node: ast.expr, default: object = _UNKNOWN) -> object:
        """The value of a literal, a constant, or arithmetic on numbers; raises ValueError when it is none.

        With `default`, that is returned instead of raising.
        """
        try:
            return self._value(node, 0)
        except ValueError:
            if default is _UNKNOWN:
                raise
            return default

    def _value(self, node: ast.expr, depth: int) -> object:
        if depth > 20:
            raise ValueError("too deep")
        node = self.resolve(node)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.List, ast.Tuple)):
            items = [self._value(each, depth + 1) for each in node.elts]
            return items if isinstance(node, ast.List) else tuple(items)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            number = self._value(node.operand, depth + 1)
            if isinstance(number, (int, float)):
                return -number if isinstance(node.op, ast.USub) else number
        if isinstance(node, ast.BinOp):
            return _arithmetic(node.op, self._value(node.left, depth + 1), self._value(node.right, depth + 1))
        raise ValueError("not a literal")

    @cached_property
    def hp_calls(self) -> Sequence[HpCall]:
        """Calls of `Int`, `Float`, `Choice`, `Boolean` or `Fixed` on an object known to be a HyperParameters."""
        return [each for each in map(self.hp_call, self.calls) if each is not None]

    def hp_call(self, node: ast.Call) -> HpCall | None:
        """`node` as a call that declares a hyperparameter, or None."""
        callee = node.func
        if not isinstance(callee, ast.Attribute) or callee.attr not in HP_PARAMETERS:
            return None
        if not self.is_hyperparameters(callee.value):
            return None
        names = HP_PARAMETERS[callee.attr]
        arguments = dict(zip(names, node.args, strict=False))
        arguments |= {each.arg: each.value for each in node.keywords if each.arg}
        complete = not any(isinstance(each, ast.Starred) for each in node.args) and all(
            each.arg for each in node.keywords
        )
        return HpCall(callee.attr, node, self.span(node), arguments, complete)

    def hp_call_at(self, span: Span | None) -> HpCall | None:
        """The hyperparameter call at `span`, or the only one inside it."""
        if span is None:
            return None
        exact = [each for each in self.hp_calls if each.span == span]
        inside = exact or [each for each in self.hp_calls if contains(span, each.span)]
        return inside[0] if len(inside) == 1 else None

    def is_hyperparameters(self, node: ast.expr) -> bool:
        """Whether an expression certainly names a HyperParameters object: a parameter or a variable holding one."""
        if not isinstance(node, ast.Name):
            return False
        for around in self.ancestors(node):
            if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                parameter = next((each for each in _parameters(around) if each.arg == node.id), None)
                if parameter is not None:
                    return self._is_hp_parameter(parameter, around)
        value = self.definition(node.id, node)
        return isinstance(value, ast.Call) and (self.origin(value.func) or "").endswith(
            "keras_tuner.HyperParameters"
        )

    def _is_hp_parameter(self, parameter: ast.arg, function: Function) -> bool:
        if parameter.arg in ("hp", "hps"):
            return True
        if parameter.annotation is not None and "HyperParameters" in ast.unparse(parameter.annotation):
            return True
        place = self.span(function)
        own = [each for each in _parameters(function) if each.arg not in ("self", "cls")]
        return (
            bool(own)
            and own[0] is parameter
            and any(
                (target.body.line, target.body.column) == (place.line, place.column)
                or (
                    isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
                    and target.body.end_line == place.end_line
                    and target.span.line >= place.line
                    and target.body.line <= place.line
                    and function.name == target.name.rpartition(".")[2]
                )
                for target in self.module.targets
            )
        )

    def expression(self, span: Span, kind: type[ast.expr] = ast.expr) -> ast.expr | None:
        """The outermost node of `kind` that covers exactly `span`."""
        return next(
            (
                node
                for node in self.starting.get(span.line, ())
                if isinstance(node, kind) and node.end_lineno == span.end_line and self.span(node) == span
            ),
            None,
        )

    @cached_property
    def starting(self) -> Mapping[int, Sequence[ast.expr]]:
        """The expressions by the line on which they start."""
        found: dict[int, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.expr):
                found.setdefault(node.lineno, []).append(node)
        return found

    def calls_in(self, span: Span) -> Sequence[ast.Call]:
        """The calls that lie within `span`, outer before inner."""
        return [
            node
            for node in self.calls
            if span.line <= node.lineno <= span.end_line and contains(span, self.span(node))
        ]

    def argument(self, call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
        """The argument of a call by name, or at a position."""
        for each in call.keywords:
            if each.arg == name:
                return each.value
        if position is not None and position < len(call.args):
            before = call.args[: position + 1]
            if not any(isinstance(each, ast.Starred) for each in before):
                return call.args[position]
        return None


def canonical(dotted: str) -> str:
    """A dotted name with the aliases of Keras and Keras Tuner replaced by `keras` and `keras_tuner`."""
    for prefix, short in (
        ("tensorflow.keras", "keras"),
        ("tensorflow.compat.v2.keras", "keras"),
        ("keras.api", "keras"),
        ("kerastuner", "keras_tuner"),
    ):
        if dotted == prefix or dotted.startswith(prefix + "."):
            return short + dotted[len(prefix) :]
    return dotted


def contains(outer: Span, inner: Span) -> bool:
    """Whether `inner` lies within `outer`."""
    return (
        outer.path == inner.path
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _parameters(function: Function) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _arithmetic(operator: ast.operator, left: object, right: object) -> object:
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        try:
            if isinstance(operator, ast.Add):
                return left + right
            if isinstance(operator, ast.Sub):
                return left - right
            if isinstance(operator, ast.Mult):
                return left * right
            if isinstance(operator, ast.Div):
                return left / right
            if isinstance(operator, ast.FloorDiv):
                return left // right
            if isinstance(operator, ast.Pow) and abs(left) < 1e6 and abs(right) < 64:
                power = left**right
                return power if isinstance(power, (int, float)) else None
        except (ZeroDivisionError, OverflowError):
            pass
    raise ValueError("not a number")


class _Key:
    """A module compared by what `Code` reads of it."""

    def __init__(self, module: Module) -> None:
        self.module = module
        places = tuple((target.name, target.span, target.body) for target in module.targets)
        self.value = (module.document.path, module.clean, tuple(sorted(module.imports.items())), places)

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.value == other.value


def _parsed(clean: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(clean)
        except (SyntaxError, ValueError, RecursionError):
            return ast.Module(body=[], type_ignores=[])


@lru_cache(maxsize=16)
def _code(key: _Key) -> Code:
    return Code(key.module)
