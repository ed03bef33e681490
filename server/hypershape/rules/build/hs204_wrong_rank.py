"""HS204."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence

from hypershape.fixes import edits
from hypershape.fixes.layers import put_before, sibling
from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.failure import (
    WINDOWED,
    BuildFailure,
    innermost,
    input_axes,
    input_shapes,
    layer_call,
)
from hypershape.source import Code

RECURRENT = ("LSTM", "GRU", "SimpleRNN")


class WrongRank(BuildFailure):
    """A layer gets a tensor with too few or too many axes.

    ## What it does
    Builds the model over the search space and reports the configurations in which a layer is given a tensor of
    another rank than it takes: a recurrent layer behind one that returns only its last step, a convolution without
    a channel axis.

    ## Why it matters
    With a tuned number of layers this strikes only in the trials that draw more than one.

    ## Fix
    `return_sequences=True` on every recurrent layer but the last, or `Flatten` and `GlobalAveragePooling` between.
    """

    code = "HS204"
    name = "wrong-rank"
    kinds = ("rank",)

    INVALID = (
        Example.layers(
            """
            model.add(layers.LSTM(hp.Int("units", 4, 8)))
            if hp.Boolean("deep"):
                model.add(layers.LSTM(4))
            """,
            input="(20, 3)",
            head="layers.Dense(1)",
            at="layers.LSTM(4)",
            condition="deep",
        ),
        Example.layers(
            """
            model.add(layers.LSTM(hp.Int("units", 4, 8)))
            model.add(layers.LSTM(4))
            """,
            input="(20, 3)",
            head="layers.Dense(1)",
            at="layers.LSTM(4)",
            fixed='layers.LSTM(hp.Int("units", 4, 8), return_sequences=True)',
        ),
        Example.layers(
            """
            for _ in range(hp.Int("layers", 1, 3)):
                model.add(layers.LSTM(8))
            """,
            input="(10, 2)",
            head="layers.Dense(1)",
            at="layers.LSTM(8)",
            condition="layers >= 2",
            fixed='    for i in range(hp.Int("layers", 1, 3)):\n'
            '        model.add(layers.LSTM(8, return_sequences=i < hp.Int("layers", 1, 3) - 1))',
        ),
        Example.layers(
            """
            x = layers.Conv2D(hp.Int("filters", 2, 4), 3)(x)
            """,
            input="(28, 28)",
            fixed="keras.Input((28, 28, 1))",
        ),
        Example.layers(
            'model.add(layers.Conv2D(hp.Int("filters", 2, 4), 3))',
            input="(5, 8, 8, 1)",
            fixed='model.add(layers.TimeDistributed(layers.Conv2D(hp.Int("filters", 2, 4), 3)))',
        ),
        Example.layers(
            'model.add(layers.LSTM(hp.Int("units", 2, 4)))',
            input="(5, 8, 8, 1)",
            head="layers.Dense(1)",
            fixed="model.add(layers.Reshape((5, -1)))",
        ),
        Example.layers(
            'model.add(layers.Conv2D(hp.Int("filters", 2, 4), 3))',
            input="(64,)",
            fixed="model.add(layers.Reshape((8, 8, 1)))",
        ),
        Example.layers(
            """
            model.add(layers.Dense(12))
            model.add(layers.GRU(hp.Int("units", 2, 4)))
            """,
            input="(7,)",
            head="layers.Dense(1)",
            fixed="model.add(layers.Reshape((-1, 1)))",
        ),
    )
    VALID = (
        Example.layers(
            """
            deep = hp.Boolean("deep")
            model.add(layers.LSTM(hp.Int("units", 4, 8), return_sequences=deep))
            if deep:
                model.add(layers.LSTM(4))
            """,
            input="(20, 3)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            depth = hp.Int("depth", 1, 3)
            for i in range(depth):
                model.add(layers.LSTM(4, return_sequences=i < depth - 1))
            """,
            input="(10, 2)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            model.add(layers.GRU(hp.Int("units", 2, 4)))
            if hp.Boolean("decode"):
                model.add(layers.RepeatVector(5))
                model.add(layers.GRU(3))
            """,
            input="(10, 2)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            x = layers.Reshape((6, 6, 1))(x)
            x = layers.Conv2D(hp.Int("filters", 2, 4), 3)(x)
            """,
            input="(6, 6)",
            head="layers.GlobalAveragePooling2D(), layers.Dense(1)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "A layer"
        wanted, found, shape = error.details.get("wanted"), error.details.get("found"), input_axes(error)
        least = "at least " if error.details.get("at_least") else ""
        given = f" of shape {shape}" if shape else ""
        return f"{layer} takes a tensor with {least}{wanted} axes but gets one with {found}{given}"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        error = cause.error
        wanted, found = error.details.get("wanted"), error.details.get("found")
        if isinstance(wanted, int) and isinstance(found, int):
            here = innermost(error, code)
            if (wanted, found) == (3, 2) and here is not None:
                yield from _return_sequences(target.target.body, here, error, code)
            if wanted < found:
                yield from _flatten(error, code)
            if wanted == found + 1:
                yield from _one_more_axis(target.target.body, error, code)
            if wanted == found - 1 and WINDOWED.search(error.layer_class or ""):
                yield from _each_step(error, code)
            if wanted != found:
                yield from _reshaped(wanted, error, code)
        yield from super().repairs(target, cause, code)


def _return_sequences(body: Span, here: Span, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The recurrent layers before the failing one return their whole sequence: the last of them, or all."""
    failing = layer_call(error, code)
    before = [
        call
        for call in code.calls_in(body)
        if class_of(call, code) in RECURRENT
        and code.span(call) < here
        and call is not failing
        and code.argument(call, "return_sequences") is None
    ]
    if failing is not None and before:
        yield from _as_conditional(before[-1], failing, code)
    made = [edits.set_argument(code.module, code.span(call), "return_sequences", "True") for call in before]
    for call, edit in list(zip(before, made, strict=True))[::-1][:1]:
        if edit:
            yield Fix(
                f"Let {class_of(call, code)} {code.document.on(call.lineno)} return its whole sequence",
                (edit,),
            )
    if len(made) > 1 and None not in made:
        yield Fix(
            "Let every recurrent layer before this one return its whole sequence",
            tuple(edit for edit in made if edit),
        )
    if failing is not None and not before:
        yield from _all_but_last(failing, code)


def _as_conditional(before: ast.Call, failing: ast.Call, code: Code) -> Iterator[Fix]:
    """Behind `if deep:` the layer before it returns its whole sequence just when `deep` holds."""
    branch = next((each for each in code.ancestors(failing) if isinstance(each, ast.If)), None)
    if (
        branch is None
        or branch in code.ancestors(before)
        or not any(failing in ast.walk(each) for each in branch.body)
    ):
        return
    test = code.source(branch.test)
    edit = edits.set_argument(code.module, code.span(before), "return_sequences", test)
    if edit is not None and "\n" not in test:
        yield Fix(
            f"Let {class_of(before, code)} {code.document.on(before.lineno)} return its whole sequence if {test}",
            (edit,),
        )


def _all_but_last(call: ast.Call, code: Code) -> Iterator[Fix]:
    """In a loop `for i in range(n)`, every round but the last returns its whole sequence."""
    loop = next((each for each in code.ancestors(call) if isinstance(each, ast.For)), None)
    if loop is None or not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Call):
        return
    if code.origin(loop.iter.func) != "range" or len(loop.iter.args) != 1:
        return
    count = loop.iter.args[0]
    changes: list[Edit | None] = []
    name = "i" if loop.target.id == "_" else loop.target.id
    if name != loop.target.id:
        changes.append(Edit(code.span(loop.target), name))
    rounds = code.source(count)
    condition = f"{name} < {rounds} - 1"
    changes.append(edits.set_argument(code.module, code.span(call), "return_sequences", condition))
    if None not in changes:
        yield Fix(
            f"Let {class_of(call, code)} return its whole sequence in every round but the last",
            tuple(edit for edit in changes if edit),
        )


def _flatten(error: ProbeError, code: Code) -> Iterator[Fix]:
    call = layer_call(error, code)
    made = put_before(call, "Flatten()", code) if call is not None else None
    if made is not None:
        yield Fix("Flatten the tensor first", made)


def _each_step(error: ProbeError, code: Code) -> Iterator[Fix]:
    """A layer of maps on each step of a series of maps."""
    call = layer_call(error, code)
    written = sibling(call.func, "TimeDistributed", code) if call is not None else None
    if call is not None and written is not None:
        made = Edit(code.span(call), f"{written[0]}({code.source(call)})")
        yield Fix(f"Apply {error.layer_class} to each step", (made, *written[1]))


def _reshaped(wanted: int, error: ProbeError, code: Code) -> Iterator[Fix]:
    """A `Reshape` before a layer that lacks axes: a last one of size 1; a flat picture gets its rows back."""
    call, given = layer_call(error, code), input_axes(error)
    sizes = _with_axes(wanted, given[1:]) if given is not None else None
    made = put_before(call, f"Reshape({sizes})", code) if call is not None and sizes is not None else None
    if made is not None:
        yield Fix(f"Reshape what reaches {error.layer_class} to {sizes}", made)


def _with_axes(wanted: int, sizes: Sequence[int | None]) -> tuple[int, ...] | None:
    """A sample of so many axes that holds the same values; at most one size is left to Keras."""
    if wanted == len(sizes) + 2:
        known = [each for each in sizes[1:] if each is not None]
        return (-1, *known, 1) if len(known) == len(sizes) - 1 else None
    if wanted == 3 < len(sizes) + 1:
        return None if sizes[0] is None else (sizes[0], -1)
    if wanted == 4 and len(sizes) == 1 and sizes[0]:
        for channels in (1, 3):
            side = math.isqrt(sizes[0] // channels)
            if side > 1 and side * side * channels == sizes[0]:
                return side, side, channels
    return None


def _one_more_axis(body: Span, error: ProbeError, code: Code) -> Iterator[Fix]:
    """A last axis of size 1 for a literal shape of the model's input, where that is what reaches the layer."""
    given = input_axes(error)
    axis = "a channel axis" if WINDOWED.search(error.layer_class or "") else "a last axis of size 1"
    for shape in input_shapes(body, code):
        written = code.value(shape, None)
        if given is not None and isinstance(written, tuple) and written != given[1:]:
            continue
        if isinstance(shape, ast.Tuple) and len(shape.elts) in (1, 2, 3):
            inner = ", ".join(code.source(each) for each in shape.elts)
            yield Fix(f"Give the input {axis}", (Edit(code.span(shape), f"({inner}, 1)"),))
            return
