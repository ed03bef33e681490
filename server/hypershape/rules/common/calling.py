"""Layers that are called, or tensors that are asked, in a way that Keras does not take: its words and its repairs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Edit, Fix, ProbeError, Span
from hypershape.rules.common.failure import innermost
from hypershape.source import Code
from hypershape.source.code import contains

_RESERVED = re.compile(r"`Model\.(?P<name>\w+)` attribute is reserved")
_LACKS = re.compile(r"missing a required argument: '(?P<name>\w+)'")
_AS_A_TRUTH = re.compile(r"(?:as a Python `bool`|KerasTensor` as (?:a )?bool|truth value of)")


def words(error: ProbeError, code: Code) -> str | None:
    """What is wrong with a call, in the beginning of a sentence."""
    if _AS_A_TRUTH.search(error.message) and _choice(error, code) is not None:
        return (
            "This asks in Python whether a tensor holds, which has no value before the model runs: this fails"
        )
    lacks = _LACKS.search(error.message)
    if lacks is not None and error.layer_class:
        return f"`{error.layer_class}` is called without `{lacks['name']}`, which it needs,"
    taken, given = error.details.get("taken"), error.details.get("given")
    if error.kind == "inputs-count" and taken == 1 and isinstance(given, int) and given > 1:
        states = _with_states(code)
        why = f": {_class(states)} gives its states as well" if states is not None else ""
        return f"`{error.layer_class}` takes one tensor and gets a list of {given}{why},"
    reserved = _RESERVED.search(error.message)
    if reserved is not None:
        return f"`{error.layer_class}` sets `{reserved['name']}`, an attribute that Keras keeps for itself,"
    return None


def where(error: ProbeError, code: Code) -> Span | None:
    """The call itself where it lacks something, and not what made the layer."""
    return innermost(error, code) if _LACKS.search(error.message) else None


def repairs(error: ProbeError, code: Code) -> Iterator[Fix]:
    if _AS_A_TRUTH.search(error.message):
        yield from _chosen(error, code)
    if _LACKS.search(error.message):
        yield from _attending_to_itself(error, code)
    if error.kind == "inputs-count" and error.details.get("taken") == 1:
        states = _with_states(code)
        edit = edits.remove_argument(code.module, code.span(states), "return_state") if states else None
        if states is not None and edit is not None:
            yield Fix(f"Let {_class(states)} give its output alone", (edit,))
    yield from _of_another_name(error, code)


def _choice(error: ProbeError, code: Code) -> ast.If | None:
    """The `if` whose test rose."""
    span = innermost(error, code)
    found = [each for each in code.every(ast.If) if span is not None and contains(code.span(each.test), span)]
    return found[0] if len(found) == 1 else None


def _chosen(error: ProbeError, code: Code) -> Iterator[Fix]:
    """`x = ops.where(…)` for an `if` that gives one name another value."""
    choice, ops = _choice(error, code), _ops(code)
    if choice is None or ops is None or len(choice.body) != 1 or len(choice.orelse) > 1:
        return
    one, other = choice.body[0], choice.orelse[0] if choice.orelse else None
    name = _assigned(one)
    if name is None or (other is not None and _assigned(other) != name):
        return
    values = [code.source(each.value) for each in (one, other) if isinstance(each, ast.Assign)]
    chosen = ", ".join([code.source(choice.test), *values, *([name] if other is None else [])])
    text = f"{name} = {ops}.where({chosen})"
    yield Fix(f"Let the tensor choose with {ops}.where", (Edit(code.span(choice), text),))


def _assigned(statement: ast.stmt) -> str | None:
    """The only name that a statement gives a value."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    (target,) = statement.targets
    return target.id if isinstance(target, ast.Name) else None


def _ops(code: Code) -> str | None:
    keras, tensorflow = code.imported_as("keras"), code.imported_as("tensorflow")
    package = keras or (f"{tensorflow}.keras" if tensorflow is not None else None)
    return code.imported_as("keras.ops") or (f"{package}.ops" if package is not None else None)


def _attending_to_itself(error: ProbeError, code: Code) -> Iterator[Fix]:
    """What an attention layer is asked about as what it looks at, too."""
    span = innermost(error, code)
    call = code.expression(span, ast.Call) if span is not None else None
    attends = (error.layer_class or "").endswith("Attention")
    if attends and isinstance(call, ast.Call) and len(call.args) == 1 and isinstance(call.args[0], ast.Name):
        given = code.source(call.args[0])
        yield Fix("Let it attend to its own input", (Edit(code.span(call.args[0]).end, f", {given}"),))


def _with_states(code: Code) -> ast.Call | None:
    """The only layer of a file that is told to give its states."""
    found = [
        call
        for call in code.calls
        for each in call.keywords
        if each.arg == "return_state" and code.value(each.value, default=None) is True
    ]
    return found[0] if len(found) == 1 else None


def _class(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "a layer")


def _of_another_name(error: ProbeError, code: Code) -> Iterator[Fix]:
    """An attribute that is Keras's own under another name, wherever the class has it."""
    reserved, span = _RESERVED.search(error.message), innermost(error, code)
    if reserved is None or span is None:
        return
    name = reserved["name"]
    made = [each for each in code.classes if contains(code.span(each), span)]
    for owner in made[-1:]:
        new = f"own_{name}"
        changed = tuple(
            Edit(code.span(each), f"self.{new}")
            for each in ast.walk(owner)
            if isinstance(each, ast.Attribute)
            and each.attr == name
            and isinstance(each.value, ast.Name)
            and each.value.id == "self"
        )
        yield Fix(f"Call it {new}", changed)
