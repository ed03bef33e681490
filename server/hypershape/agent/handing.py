"""Whether a HyperModel that trains in its own way still gives Keras's `fit` the data that the search was given.

Most overrides of `HyperModel.fit` only add arguments: `return model.fit(*args, batch_size=hp.Choice(...), **kwargs)`.
What is known of the labels then holds for the training step as it does without an override. An override that does
anything else with the model or its data, compiles it, reshapes them, loops over batches, says nothing about the step.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import lru_cache
from typing import Any, Dict, Iterator, List, Optional

_OWN = 2
"""Parameters of a bound `fit(hp, model, ...)` that come before those of Keras's `fit`."""
_DATA = ("x", "y")
_READERS = ("get", "pop", "setdefault")
"""Methods of a dictionary that touch one entry only."""


def hands_on(fit: Any) -> bool:
    """Whether a bound `HyperModel.fit(hp, model, ...)` passes the search's data to Keras's `fit` as they came.

    True only where its source uses the model for nothing but calls of `fit` (its own, or the one of the parent class),
    and the data for nothing but these calls and their sizes. False where there is no source to read.
    """
    return _reads_so(getattr(fit, "__func__", fit), 1 if inspect.ismethod(fit) else 0)


@lru_cache(maxsize=64)
def _reads_so(fit: Any, bound: int) -> bool:
    function = _definition(fit)
    taken = _Taken.of(function, bound) if function is not None else None
    if function is None or taken is None:
        return False
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call)]
    handed = [
        (call, first) for call in calls for first in [_before_the_data(call, taken)] if first is not None
    ]
    passed = [taken.passed(call, first) for call, first in handed]
    if not handed or any(each is None for each in passed):
        return False
    allowed = {id(node) for each in passed for node in each or ()} | set(_harmless(function))
    return all(
        id(node) in allowed
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id in taken.watched
    )


class _Taken:
    """The parameters of a `fit`: the object of hyperparameters, the model, the data, and what takes all others."""

    def __init__(self, names: List[str], rest: Optional[str], options: Optional[str]) -> None:
        self.hp, self.model = names[:_OWN]
        self.data = names[_OWN:][: len(_DATA)]
        self.rest, self.options = rest, options
        self.watched = {self.model, *self.data, *(each for each in (rest, options) if each is not None)}

    @classmethod
    def of(cls, function: ast.FunctionDef, bound: int) -> Optional["_Taken"]:
        taken = function.args
        names = [each.arg for each in (*taken.posonlyargs, *taken.args)][bound:]
        if len(names) < _OWN:
            return None
        rest, options = (each.arg if each is not None else None for each in (taken.vararg, taken.kwarg))
        return cls(names, rest, options)

    def passed(self, call: ast.Call, first: int) -> Optional[List[ast.expr]]:
        """The names in a call of `fit` that pass on model, data and the rest; None if the data are not as they came."""
        found = [*call.args[:first], *(each.value for each in call.keywords if each.arg is None)]
        if isinstance(call.func, ast.Attribute):
            found.append(call.func.value)
        arguments = call.args[first:]
        named = {each.arg: each.value for each in call.keywords if each.arg is not None}
        for place, name in enumerate(_DATA):
            if place >= len(self.data):
                rest = self._rest(arguments[place:], named, call)
                return None if rest is None else found + rest
            handed = arguments[place] if place < len(arguments) else named.get(name)
            if handed is None or not _is_name(handed, self.data[place]):
                return None
            found.append(handed)
        return found + [each.value for each in arguments[len(_DATA) :] if isinstance(each, ast.Starred)]

    def _rest(
        self, arguments: List[ast.expr], named: Dict[str, ast.expr], call: ast.Call
    ) -> Optional[List[ast.expr]]:
        """The name of `*args`, where it and `**kwargs` pass on what has no parameter of its own; None where not."""
        starred = [each.value for each in arguments if isinstance(each, ast.Starred)]
        as_they_came = len(starred) == len(arguments) and [_name(each) for each in starred] == (
            [] if self.rest is None else [self.rest]
        )
        doubled = [_name(each.value) for each in call.keywords if each.arg is None]
        if not as_they_came or self.options not in doubled or self.options is None or set(named) & set(_DATA):
            return None
        return starred


def _definition(function: Any) -> Optional[ast.FunctionDef]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    first = tree.body[0] if tree.body else None
    return first if isinstance(first, ast.FunctionDef) and not first.decorator_list else None


def _before_the_data(call: ast.Call, taken: _Taken) -> Optional[int]:
    """How many positional arguments of a call that trains the model come before the data; None of another call."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr != "fit":
        return None
    if _is_name(function.value, taken.model):
        return 0
    by_parent = isinstance(function.value, ast.Call) and _is_name(function.value.func, "super")
    return (
        _OWN if by_parent and [_name(each) for each in call.args[:_OWN]] == [taken.hp, taken.model] else None
    )


def _harmless(function: ast.FunctionDef) -> Iterator[int]:
    """Uses of a name that change nothing: `len(x)`, `x.shape`, `kwargs["epochs"]`, `kwargs.pop("batch_size")`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _is_name(node.func, "len") and len(node.args) == 1:
            yield id(node.args[0])
        elif isinstance(node, ast.Attribute) and node.attr == "shape" and isinstance(node.ctx, ast.Load):
            yield id(node.value)
        elif isinstance(node, ast.Subscript) and _is_option(node.slice):
            yield id(node.value)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _READERS
        ):
            if node.args and _is_option(node.args[0]):
                yield id(node.func.value)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            yield id(node.comparators[0])


def _is_option(node: ast.AST) -> bool:
    """Whether a key is the name of an argument other than the data."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in _DATA


def _name(node: Optional[ast.AST]) -> Optional[str]:
    return node.id if isinstance(node, ast.Name) else None


def _is_name(node: Optional[ast.AST], name: Optional[str]) -> bool:
    return name is not None and _name(node) == name
