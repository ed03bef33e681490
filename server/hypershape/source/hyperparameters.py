"""Which expressions of a file are a `keras_tuner.HyperParameters`, and the calls that declare through one.

The one place that decides this, for targets, slices, rules, repairs and the editor alike.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import ref

from hypershape.model import Span
from hypershape.source.names import FUNCTIONS, Function

if TYPE_CHECKING:
    from hypershape.source.code import Code

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

_USUAL_NAMES = ("hp", "hps")
_ANNOTATED = re.compile(r"\bHyperParameters\b")
_OTHER_TYPES = re.compile(
    r"[\"']?(?:typing\.)?(?:dict|Dict|Mapping|list|List|tuple|Tuple|int|float|str|bool)\b"
)
_INSTANCES = ("self", "cls")


@dataclass(frozen=True, slots=True)
class HpCall:
    """A call `hp.Int(…)`: its arguments by parameter name; `complete` is False when it has `*` or `**`."""

    kind: str
    node: ast.Call
    span: Span
    arguments: Mapping[str, ast.expr]
    complete: bool

    @property
    def owner(self) -> ast.expr:
        """The HyperParameters object that is called."""
        assert isinstance(self.node.func, ast.Attribute)
        return self.node.func.value


class HyperParameterObjects:
    """Tells which parameters and variables of one file hold a HyperParameters object.

    A parameter does when its annotation says so, when it goes by the name that everybody uses, when it is the one
    that a tuner fills (`handed` are the functions that tuners get), when it is declared through as only this class
    lets one (`params.Int("units", 8, 64)`), when the file passes such an object on to it, or when another
    file does (`received`: the places of such parameters).
    """

    def __init__(
        self,
        code: Code,
        handed: Sequence[Function] = (),
        received: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        # The text has this object: in a cycle it would wait for the collector when it is no more.
        self._weakly = ref(code)
        self._handed = handed
        self._received = received

    @property
    def _code(self) -> Code:
        code = self._weakly()
        assert code is not None
        return code

    @cached_property
    def calls(self) -> Sequence[HpCall]:
        """The calls of `Int`, `Float`, `Choice`, `Boolean` or `Fixed`, in the order of the text."""
        return [found for call in self._declaring if (found := self.call(call)) is not None]

    @cached_property
    def _declaring(self) -> Sequence[ast.Call]:
        return [
            node
            for node in self._code.calls
            if isinstance(node.func, ast.Attribute) and node.func.attr in HP_PARAMETERS
        ]

    def call(self, node: ast.Call) -> HpCall | None:
        """A call that declares a hyperparameter, or None for any other."""
        callee = node.func
        if not isinstance(callee, ast.Attribute) or callee.attr not in HP_PARAMETERS:
            return None
        if not self.is_one(callee.value):
            return None
        names = HP_PARAMETERS[callee.attr]
        arguments = dict(zip(names, node.args, strict=False))
        arguments |= {each.arg: each.value for each in node.keywords if each.arg}
        complete = not any(isinstance(each, ast.Starred) for each in node.args) and all(
            each.arg for each in node.keywords
        )
        return HpCall(callee.attr, node, self._code.span(node), arguments, complete)

    def is_one(self, node: ast.expr) -> bool:
        """Whether an expression certainly is a HyperParameters object."""
        return self._holds(node, self._parameters)

    def _holds(self, node: ast.expr, known: set[ast.arg]) -> bool:
        if isinstance(node, ast.Call):
            return self._code.origin(node.func) == "keras_tuner.HyperParameters"
        if not isinstance(node, ast.Name):
            return False
        bound = self._code.bound_at(node.id, node)
        if len(bound) == 1 and isinstance(bound[0], ast.arg):
            return bound[0] in known
        value = self._code.definition(node.id, node)
        return value is not None and value is not node and self._holds(value, known)

    def parameter(self, function: Function) -> ast.arg | None:
        """The first parameter of a function that takes a HyperParameters object."""
        return next((each for each in parameters_of(function) if each in self._parameters), None)

    def holds(self, parameter: ast.arg) -> bool:
        """Whether a parameter certainly takes a HyperParameters object."""
        return parameter in self._parameters

    @cached_property
    def _parameters(self) -> set[ast.arg]:
        """Every parameter in the file that holds one."""
        functions: list[Function] = [
            *self._code.every(ast.FunctionDef),
            *self._code.every(ast.AsyncFunctionDef),
            *self._code.every(ast.Lambda),
        ]
        found = {each for function in functions for each in parameters_of(function) if self._says_so(each)}
        found |= {own for function in self._handed if (own := self._filled_by_tuner(function, found))}
        found |= self._declared_through()
        if self._received:
            every = (each for function in functions for each in parameters_of(function))
            found |= {each for each in every if self._place(each) in self._received}
        return self._with_passed_on(found)

    def _place(self, parameter: ast.arg) -> tuple[int, int]:
        span = self._code.span(parameter)
        return span.line, span.column

    def _says_so(self, parameter: ast.arg) -> bool:
        if parameter.annotation is not None:
            written = ast.unparse(parameter.annotation)
            if _ANNOTATED.search(written) or self._is_the_class(parameter.annotation):
                return True
            if _OTHER_TYPES.match(written):
                return False
        return parameter.arg in _USUAL_NAMES

    def _is_the_class(self, annotation: ast.expr) -> bool:
        return self._code.imported(annotation) == "keras_tuner.HyperParameters"

    def _filled_by_tuner(self, function: Function, known: set[ast.arg]) -> ast.arg | None:
        own = [each for each in parameters_of(function) if each.arg not in _INSTANCES]
        return own[0] if own and not any(each in known for each in own) else None

    def _declared_through(self) -> set[ast.arg]:
        """Parameters that declarations go through, unless the file has methods of such names of its own."""
        own = self._code.defined.keys() & HP_PARAMETERS.keys()
        found: set[ast.arg] = set()
        for node in self._declaring if not own else ():
            callee = node.func
            assert isinstance(callee, ast.Attribute)
            if not isinstance(callee.value, ast.Name) or not _is_declaration(callee.attr, node):
                continue
            bound = self._code.bound_at(callee.value.id, node)
            if len(bound) == 1 and isinstance(bound[0], ast.arg) and bound[0].annotation is None:
                found.add(bound[0])
        return found

    def _with_passed_on(self, known: set[ast.arg]) -> set[ast.arg]:
        """The parameters, and those of the file's own functions that they are passed on to, directly or not."""
        while True:
            names = {each.arg for each in known} | self._variables
            more: set[ast.arg] = set()
            for call in self._code.calls:
                for position, value in enumerate(call.args):
                    if isinstance(value, ast.Name) and value.id in names and self._holds(value, known):
                        more |= self._receiving(call, position, None)
                for each in call.keywords:
                    value = each.value
                    if isinstance(value, ast.Name) and value.id in names and self._holds(value, known):
                        more |= self._receiving(call, None, each.arg)
            if more <= known:
                return known
            known = known | more

    @cached_property
    def _variables(self) -> set[str]:
        """The names of variables that may hold one."""
        return {
            target.id
            for node in self._code.assignments
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value, (ast.Name, ast.Call))
        }

    def _receiving(self, call: ast.Call, position: int | None, name: str | None) -> set[ast.arg]:
        """The parameters of the file's own functions that take an argument of a call."""
        found = set()
        for function in self._called(call):
            parameters = [
                each
                for number, each in enumerate(parameters_of(function))
                if number or each.arg not in _INSTANCES
            ]
            if name is not None:
                found |= {each for each in parameters if each.arg == name}
            elif position is not None and position < len(parameters):
                found |= {parameters[position]} - set(function.args.kwonlyargs)
        return found

    def _called(self, call: ast.Call) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions of the file that a call may reach: by their name, methods of `self`, constructors."""
        code, callee = self._code, call.func
        if isinstance(callee, ast.Name):
            bound = code.bound_at(callee.id, callee)
            functions = [each for each in bound if isinstance(each, FUNCTIONS)]
            made = [each for each in bound if isinstance(each, ast.ClassDef)]
            functions += [
                each
                for owner in made
                for each in owner.body
                if isinstance(each, FUNCTIONS) and each.name == "__init__"
            ]
            return functions
        if isinstance(callee, ast.Attribute) and isinstance(callee.value, ast.Name):
            if callee.value.id not in _INSTANCES:
                return []
            return [
                each
                for each in code.defined.get(callee.attr, ())
                if isinstance(each, FUNCTIONS) and isinstance(code.scope(each), ast.ClassDef)
            ]
        return []


def parameters_of(function: Function) -> list[ast.arg]:
    """The parameters of a function that take one argument each."""
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _is_declaration(kind: str, call: ast.Call) -> bool:
    """Whether a call is written as Keras Tuner's class wants it: a text as the name, and a range or values."""
    name = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "name"), None)
    is_text = isinstance(name, ast.JoinedStr) or (
        isinstance(name, ast.Constant) and isinstance(name.value, str)
    )
    wanted = {"Int": 3, "Float": 3, "Choice": 2, "Fixed": 2}.get(kind, 1)
    return (
        is_text
        and len(call.args) + len(call.keywords) >= wanted
        and all(each.arg in HP_PARAMETERS[kind] for each in call.keywords)
    )
