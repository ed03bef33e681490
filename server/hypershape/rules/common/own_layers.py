"""Repairs of classes of the file's own: layers, models, metrics and callbacks that are not as Keras wants them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Edit, Fix, ProbeError, Span
from hypershape.source import Code

_OF_WEIGHTS = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
"""The order in which Keras 2 took the arguments of `add_weight`."""

NO_ATTRIBUTE = re.compile(r"'(?P<owner>\w+)' object has no attribute '(?P<name>\w+)'")

_FORGOTTEN = re.compile(r"In layer '(?P<owner>\w+)', you forgot to call `super\(\)\.__init__\(\)`")

OTHER_TYPE = re.compile(
    r"Input '(?P<one>\w)' of '\w+' Op has type (?P<type>\w+) that does not match type (?P<other>\w+) of argument '\w'"
)
_SIDES = {"x": 0, "a": 0, "y": 1, "b": 1}
"""What TensorFlow calls the two sides of an operation."""


def names_first(call: ast.AST | None, code: Code) -> bool:
    """Whether a call is `add_weight("name", …)`, as Keras 2 took it: today the shape comes first."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return False
    first = call.args[0]
    text = isinstance(first, ast.JoinedStr) or isinstance(code.value(first, default=None), str)
    return call.func.attr == "add_weight" and text


def weights_named(span: Span | None, code: Code) -> Iterator[Fix]:
    """The arguments of every such call of the file by their names, where one of them is at fault."""
    if span is None or not names_first(code.expression(span, ast.Call), code):
        return
    calls = [each for each in code.calls if names_first(each, code)]
    if any(
        len(call.args) > len(_OF_WEIGHTS) or any(isinstance(each, ast.Starred) for each in call.args)
        for call in calls
    ):
        return
    changed = [
        Edit(code.whole_span(each).start, f"{name}=")
        for call in calls
        for name, each in zip(_OF_WEIGHTS, call.args, strict=False)
    ]
    yield Fix("Name the arguments of add_weight", tuple(changed))


def constructor(made: ast.ClassDef) -> ast.FunctionDef | None:
    """The `__init__` that a class has itself."""
    methods = (each for each in made.body if isinstance(each, ast.FunctionDef))
    return next((each for each in methods if each.name == "__init__"), None)


def without_base(error: ProbeError, code: Code) -> ast.FunctionDef | None:
    """The constructor of a class of the file that leaves out that of its base class, where Keras misses what that sets."""
    found = NO_ATTRIBUTE.search(error.message) or _FORGOTTEN.search(error.message)
    if found is None:
        return None
    named = (each for each in code.classes if each.name == found["owner"] and each.bases)
    made = next(named, None)
    begin = constructor(made) if made is not None else None
    if made is None or begin is None or not begin.args.args:
        return None
    asked = [each.attr for each in ast.walk(made) if isinstance(each, ast.Attribute)]
    return None if "__init__" in asked or found.groupdict().get("name") in asked else begin


def with_base(error: ProbeError, code: Code) -> Iterator[Fix]:
    """The constructor of the base class, called first."""
    begin = without_base(error, code)
    if begin is not None:
        changed = edits.begin_with(code.module, begin, ["super().__init__()"])
        if changed is not None:
            yield Fix("Call super().__init__() first", (changed,))


def of_compute_type(message: str, span: Span | None, code: Code) -> Iterator[Fix]:
    """The side of an operation that is float32 in the type in which the layer around it computes."""
    found, node = OTHER_TYPE.search(message), code.expression(span) if span is not None else None
    if found is None or "float32" not in (found["type"], found["other"]) or found["one"] not in _SIDES:
        return
    side = _SIDES[found["one"]] if found["type"] == "float32" else 1 - _SIDES[found["one"]]
    sides = (
        [node.left, node.right]
        if isinstance(node, ast.BinOp)
        else node.args
        if isinstance(node, ast.Call)
        else []
    )
    method = code.function(node) if node is not None else None
    keras = code.imported_as("keras") or code.imported_as("tensorflow.keras")
    cast = f"{keras}.ops.cast" if keras else None
    if tensorflow := code.imported_as("tensorflow"):
        cast = f"{tensorflow}.cast"
    if len(sides) <= side or cast is None or not isinstance(method, ast.FunctionDef) or not method.args.args:
        return
    if isinstance(code.enclosing(method), ast.ClassDef):
        written = sides[side]
        text = f"{cast}({code.source(written)}, {method.args.args[0].arg}.compute_dtype)"
        yield Fix(f"Make it {text}", (Edit(code.whole_span(written), text),))
