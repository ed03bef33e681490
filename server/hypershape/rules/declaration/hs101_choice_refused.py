"""HS101."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from types import FunctionType

from hypershape.fixes import edits
from hypershape.fixes.tighten import replace_value
from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.declared import matching_cause, unmatched_causes
from hypershape.rules.common.identifiers import requoted
from hypershape.source import Code, HpCall

_REFUSED = ("choice-types", "choice-empty", "choice-default", "not-iterable", "truth-of-array")
_ACCEPTED = (int, float, str, bool)


class ChoiceRefused(Rule):
    """Keras Tuner refuses the values of a `Choice`.

    ## What it does
    Finds an `hp.Choice` whose values have more than one type, a type other than int, float, str and bool, or whose
    default is not among them; from the text where the values are written there, else from a probe.

    ## Why it matters
    The call raises whatever value would have been drawn, in every trial that reaches it.

    ## Fix
    Keep one type, write whole numbers as floats, or choose a name and look the object up.
    """

    code = "HS101"
    name = "choice-refused"
    severity = Severity.ERROR
    static = True
    also_probed = True

    INVALID = (
        Example.layers(
            """
            initializer = hp.Choice("kernel_initializer", [1, 2, "glorot_uniform", "he_normal"])
            model.add(layers.Conv2D(8, 3, kernel_initializer=initializer))
            model.add(layers.Flatten())
            model.add(layers.Dense(10))
            """,
            head="",
            at='[1, 2, "glorot_uniform", "he_normal"]',
            fixed='["glorot_uniform", "he_normal"]',
        ),
        Example.layers(
            """
            model.add(layers.Dense(1))
            rate = hp.Choice("rate", [1, 0.5])
            """,
            compile='optimizer=keras.optimizers.SGD(rate), loss="mse"',
            at="[1, 0.5]",
            fixed="[1.0, 0.5]",
        ),
        Example.layers(
            'model.add(layers.Conv2D(8, hp.Choice("kernel", values=[(3, 3), (5, 5)])))',
            input="(9, 9, 1)",
            head="",
            at="[(3, 3), (5, 5)]",
            fixed="[3, 5]",
        ),
        Example.layers(
            """
            kernel = hp.Choice("kernel", [(1, 3), (3, 1)])
            model.add(layers.Conv2D(8, kernel))
            """,
            input="(9, 9, 1)",
            head="",
            at="[(1, 3), (3, 1)]",
            fixed="kernel = {'(1, 3)': (1, 3), '(3, 1)': (3, 1)}[hp.Choice(\"kernel\", ['(1, 3)', '(3, 1)'])]",
        ),
        Example.layers(
            """
            units = hp.Choice("units", [16, 32], default=64)
            model.add(layers.Dense(units))
            """,
            at="64",
            fixed="default=32",
        ),
        Example.layers(
            """
            activation = hp.Choice("activation", {"relu", "tanh"})
            model.add(layers.Dense(1, activation=activation))
            """,
            at='{"relu", "tanh"}',
            fixed='["relu", "tanh"]',
        ),
        Example.layers(
            """
            size = SIZES[hp.Choice("size", SIZES)]
            model.add(layers.Dense(size))
            """,
            before='SIZES = {"small": 8, "large": 64}',
            at="SIZES",
            fixed='hp.Choice("size", list(SIZES))',
        ),
        Example.layers(
            """
            units = hp.Choice("units", np.array([8, 16, 32]))
            model.add(layers.Dense(units))
            """,
            at="np.array([8, 16, 32])",
            fixed="np.array([8, 16, 32]).tolist()",
        ),
        Example.layers(
            """
            units = hp.Choice("units", 64)
            model.add(layers.Dense(units))
            """,
            at="64",
            fixed="[64]",
        ),
        Example.layers(
            """
            rate = hp.Choice("dropout", [None, 0.25, 0.5])
            model.add(layers.Dense(2))
            if rate is not None:
                model.add(layers.Dropout(rate))
            """,
            at="[None, 0.25, 0.5]",
            fixed="[0.25, 0.5]",
        ),
        Example.layers(
            """
            activation = hp.Choice(
                "activation",
                values=[
                    activations.relu,
                    activations.tanh,
                ],
            )
            model.add(layers.Dense(2, activation=activation))
            """,
            fixed='values=["relu", "tanh"]',
        ),
        Example.layers(
            "model.add(layers.Dense(1))",
            compile='optimizer=keras.optimizers.SGD(hp.Choice("rate", RATES)), loss="mse"',
            before="RATES = [1e-2, 1e-3, 1]",
            at="RATES",
            fixed="RATES = [1e-2, 1e-3, 1.0]",
        ),
    )
    VALID = (
        Example.layers(
            """
            initializer = hp.Choice("kernel_initializer", ["glorot_uniform", "he_normal"])
            model.add(layers.Dense(3, kernel_initializer=initializer))
            """,
        ),
        Example.layers(
            """
            size = SIZES[hp.Choice("size", list(SIZES))]
            rate = hp.Choice("rate", list(np.logspace(-4, -1, 4)))
            units = hp.Choice("units", range(4, 8))
            model.add(layers.Dense(size))
            model.add(layers.Dense(units))
            """,
            compile='keras.optimizers.SGD(rate), loss="mse"',
            before='SIZES = {"small": 8, "large": 64}',
        ),
        Example.layers(
            """
            units = hp.Choice("units", (8, 16), default=16)
            dropout = hp.Choice("dropout", [0.0, 0.25, 0.5], ordered=True)
            bias = hp.Choice("bias", [True, False])
            model.add(layers.Dense(units, use_bias=bias))
            model.add(layers.Dropout(dropout))
            """,
        ),
        Example.layers(
            """
            kernel = KERNELS[hp.Choice("kernel", [0, 1])]
            model.add(layers.Conv2D(2, kernel))
            """,
            input="(9, 9, 1)",
            head="",
            before="KERNELS = [(3, 3), (5, 5)]",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        seen = []
        for call in code.hp_calls:
            found = _problem(call, code) if call.kind == "Choice" else None
            if found is not None:
                node, said = found
                target, cause = matching_cause(analysis, call.span, _REFUSED)
                seen.append(cause)
                yield self.finding(
                    said,
                    code.span(node),
                    target=target,
                    cause=cause,
                    repairs=partial(_repairs, call, code),
                )
        for target_analysis, cause in unmatched_causes(analysis, _REFUSED, seen):
            span = cause.error.span or target_analysis.target.span
            declared = code.hp_call_at(span)
            values = declared.arguments.get("values") if declared else None
            yield self.finding(
                f"Keras Tuner refuses this Choice {wording.when(target_analysis, cause)}: {_said(cause.error.message)}",
                code.span(values) if values is not None else span,
                target=target_analysis.target.name,
                cause=cause,
                repairs=partial(_repairs, declared, code) if declared and values is not None else None,
            )


def _problem(call: HpCall, code: Code) -> tuple[ast.expr, str] | None:
    """The argument that Keras Tuner refuses and why, where the text alone decides."""
    node = call.arguments.get("values")
    written = code.resolve(node) if node is not None else None
    if node is not None and written is not None and call.complete:
        if isinstance(written, (ast.Set, ast.SetComp, ast.Dict, ast.DictComp)):
            kind = "dictionary" if isinstance(written, (ast.Dict, ast.DictComp)) else "set"
            return node, f"Keras Tuner refuses this Choice: its values are a {kind}, which has no order."
        if isinstance(code.value(written, default=None), (int, float)):
            return node, "Keras Tuner refuses this Choice: its values are a single number."
    if node is not None and isinstance(written, ast.Call) and _is_array(written, code):
        return node, "Keras Tuner refuses this Choice: its values are an array, which is no list."
    if node is None or not isinstance(written, (ast.List, ast.Tuple)):
        return None
    if any(isinstance(element, ast.Starred) for element in written.elts):
        return None
    if not written.elts:
        return node, "Keras Tuner refuses a Choice without values."
    types = [_type(element, code) for element in written.elts]
    names = list(dict.fromkeys(_named(kind) for kind in types if kind is not None))
    if len(names) > 1:
        said = wording.listed(names)
        return node, f"Keras Tuner refuses this Choice: its values mix {said}, all must have one type."
    if types[0] is not None and types[0] not in _ACCEPTED:
        return (
            node,
            f"Keras Tuner refuses this Choice: a value may be int, float, str or bool, not {names[0]}.",
        )
    values = [code.value(element, default=call) for element in written.elts]
    default = call.arguments.get("default")
    if default is not None and call not in values:
        wanted = code.value(default, default=call)
        if wanted is not call and wanted is not None and wanted not in values and not isinstance(wanted, str):
            return default, f"Keras Tuner refuses the default {wanted!r}: it is not one of the choices."
        if isinstance(wanted, str) and wanted not in [str(value) for value in values]:
            return default, f"Keras Tuner refuses the default {wanted!r}: it is not one of the choices."
    return None


def _is_array(call: ast.Call, code: Code) -> bool:
    """Whether a call makes an array of more than one value, of which Python cannot tell whether it is empty."""
    made = (code.imported(call.func) or "").removeprefix("numpy.")
    if made == "array" and call.args:
        return isinstance(call.args[0], (ast.List, ast.Tuple)) and len(call.args[0].elts) > 1
    return made in ("linspace", "logspace", "geomspace") and code.argument(call, "num", 2) is None


def _type(element: ast.expr, code: Code) -> type | None:
    """The type of an element as far as the text shows it."""
    element = code.resolve(element)
    if (code.imported(element) or "").startswith("keras.activations."):
        return FunctionType
    kinds = {ast.List: list, ast.Tuple: tuple, ast.Dict: dict, ast.Set: set, ast.JoinedStr: str}
    if type(element) in kinds:
        return kinds[type(element)]
    missing = object()
    value = code.value(element, default=missing)
    return None if value is missing else type(value)


def _repairs(call: HpCall, code: Code) -> Iterator[Fix]:
    node = call.arguments["values"]
    written = code.resolve(node)
    source = code.source(node)
    if isinstance(written, ast.Set) and written is node:
        yield Fix("Make it a list", (Edit(code.span(node), f"[{source[1:-1]}]"),))
        return
    if isinstance(written, (ast.Set, ast.SetComp, ast.Dict, ast.DictComp)):
        called = "sorted" if isinstance(written, (ast.Set, ast.SetComp)) else "list"
        yield Fix(f"Make it a list with {called}()", (Edit(code.span(node), f"{called}({source})"),))
        return
    if isinstance(written, ast.Call) and (code.imported(written.func) or "").startswith("numpy."):
        yield Fix("Make it a list with tolist()", (Edit(code.span(node), f"{source}.tolist()"),))
        return
    if isinstance(code.value(written, default=None), (int, float)):
        yield Fix("Make it a list", (Edit(code.span(node), f"[{source}]"),))
        return
    if not isinstance(written, (ast.List, ast.Tuple)) or not written.elts:
        return
    place = code.span(written)
    values = [code.value(element, default=call) for element in written.elts]
    types = [_type(element, code) for element in written.elts]
    if set(types) == {int, float}:
        yield Fix("Write every value as a float", tuple(_floats(written.elts, code)))
    if set(types) <= {tuple, list}:
        sizes = [value[0] for value in values if isinstance(value, (tuple, list)) and len(set(value)) == 1]
        if len(sizes) == len(values) and all(isinstance(size, int) for size in sizes):
            edit = replace_value(call, "values", repr(sizes), code)
            if edit is not None:
                yield Fix(f"Use {', '.join(map(repr, sizes))}: each is one number, repeated", (edit,))
        yield from _looked_up(call, written, code)
    names = [code.imported(element) or "" for element in written.elts]
    if all(name.startswith("keras.activations.") for name in names):
        strings = [name.rpartition(".")[2] for name in names]
        edit = replace_value(call, "values", f"[{', '.join(requoted('', each) for each in strings)}]", code)
        if edit is not None:
            yield Fix("Name the activations: Keras looks them up", (edit,))
    for kind in _best_types(types):
        keep = [index for index, each in enumerate(types) if each is kind]
        made = edits.keep_elements(code.module, place, keep)
        if made and len(keep) < len(types):
            gone = ", ".join(code.source(written.elts[i]) for i in range(len(types)) if i not in keep)
            yield Fix(f"Keep only the {_PLURAL[kind]} (drops {gone})", made)
    default = call.arguments.get("default")
    if default is not None and call not in values:
        wanted = code.value(default, default=call)
        if wanted is not call and wanted not in values:
            nearest = _nearest(wanted, values)
            edit = replace_value(call, "default", repr(nearest), code)
            if edit is not None:
                yield Fix(f"Default to {nearest!r}", (edit,))
            edit = edits.insert_element(code.module, place, repr(wanted))
            if edit is not None and {type(value) for value in values} == {type(wanted)}:
                yield Fix(f"Add {wanted!r} to the values", (edit,))


def _looked_up(call: HpCall, values: ast.List | ast.Tuple, code: Code) -> Iterator[Fix]:
    """A choice among names, each of which stands for one of the values in a dictionary beside it."""
    names = [repr(code.source(each)) for each in values.elts]
    alone = call.arguments["values"] is values and "default" not in call.arguments
    if (
        len(set(names)) < len(names)
        or not alone
        or any("\n" in each for each in map(code.source, values.elts))
    ):
        return
    table = ", ".join(f"{name}: {code.source(each)}" for name, each in zip(names, values.elts, strict=True))
    before, after = Edit(_start(call.span), f"{{{table}}}["), Edit(_end(call.span), "]")
    edit = Edit(code.span(values), f"[{', '.join(names)}]")
    yield Fix("Draw a name and look the value up", (before, edit, after))


def _start(span: Span) -> Span:
    return replace(span, end_line=span.line, end_column=span.column)


def _end(span: Span) -> Span:
    return replace(span, line=span.end_line, column=span.end_column)


def _named(kind: type) -> str:
    return "None" if kind is type(None) else kind.__name__


def _said(message: str) -> str:
    """Keras Tuner's words without the addresses of objects."""
    return re.sub(r" at 0x[0-9a-f]+", "", message)


_PLURAL: dict[type, str] = {str: "strings", int: "whole numbers", float: "floats", bool: "booleans"}


def _best_types(types: Sequence[type | None]) -> list[type]:
    """The accepted types among the values, the most frequent first, strings before numbers."""
    counted = Counter(kind for kind in types if kind in _PLURAL)
    order = list(_PLURAL)
    return sorted((kind for kind in counted if kind), key=lambda kind: (-counted[kind], order.index(kind)))


def _floats(elements: Sequence[ast.expr], code: Code) -> Iterator[Edit]:
    for element in elements:
        value = code.value(element, default=None)
        if isinstance(value, int) and not isinstance(value, bool):
            yield Edit(code.span(element), repr(float(value)))


def _nearest(wanted: object, values: Sequence[object]) -> object:
    numbers = [value for value in values if isinstance(value, (int, float))]
    if isinstance(wanted, (int, float)) and numbers:
        return min(numbers, key=lambda value: abs(value - wanted))
    return values[0]
