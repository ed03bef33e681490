"""HS205."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, axes, layer_call
from hypershape.source import Code


class ReshapeDoesNotMultiplyOut(BuildFailure):
    """A Reshape is given another number of elements than its target shape holds.

    ## What it does
    Builds the model over the search space and reports the configurations in which the elements of a tensor cannot
    be laid out in the shape that a `Reshape` asks for.

    ## Why it matters
    Keras refuses the layer and the trial is marked FAILED.

    ## Fix
    Compute the target shape from the drawn values, or leave one axis to Keras with -1.
    """

    code = "HS205"
    name = "reshape-does-not-multiply-out"
    kinds = ("reshape",)

    INVALID = (
        Example.layers(
            """
            model.add(layers.Dense(hp.Choice("units", [16, 32, 36])))
            model.add(layers.Reshape((4, 4, 2)))
            """,
            input="(8,)",
            at="layers.Reshape((4, 4, 2))",
            fixed="[32]",
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 10, 20)))
            model.add(layers.Reshape((5, -1)))
            """,
            input="(8,)",
            at="layers.Reshape((5, -1))",
            fixed='hp.Int("units", 10, 20, step=5)',
        ),
        Example.layers(
            """
            if hp.Boolean("folded"):
                model.add(layers.Dense(hp.Choice("units", [9, 10])))
                model.add(layers.Reshape((5, -1)))
            """,
            input="(8,)",
            at="layers.Reshape((5, -1))",
            condition="units == 9",
            fixed='hp.Choice("units", [10])',
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Dense(16 * hp.Choice("depth", [1, 2, 3])))
            model.add(layers.Reshape((4, 4, -1)))
            """,
            input="(8,)",
        ),
        Example.layers(
            """
            side = hp.Int("side", 2, 4)
            model.add(layers.Dense(side * side * 2))
            model.add(layers.Reshape((side, side, 2)))
            """,
            input="(8,)",
        ),
        Example.layers(
            """
            model.add(layers.Conv2D(hp.Int("filters", 2, 4), 3))
            model.add(layers.Reshape((-1, model.output_shape[-1])))
            """,
            input="(8, 8, 1)",
            head="layers.GlobalAveragePooling1D(), layers.Dense(1)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        target, given = axes(error, "target"), error.details.get("elements")
        if target is None or not isinstance(given, int):
            return "`Reshape` gets another number of elements than its target shape holds"
        wanted = math.prod(size for size in target if size is not None)
        if -1 in target:
            return f"`Reshape` cannot lay out {given:,} values as {target}: {-wanted:,} does not divide them"
        return f"`Reshape` gets {given:,} values but {target} holds {wanted:,}"

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        call = layer_call(cause.error, code)
        shape = code.argument(call, "target_shape", 0) if call is not None else None
        elements = cause.error.details.get("elements")
        if isinstance(shape, ast.Tuple) and isinstance(elements, int):
            yield from _last_axis(shape, elements, code)


def _last_axis(shape: ast.Tuple, elements: int, code: Code) -> Iterator[Fix]:
    """One axis, the last first, of the size that the others leave; then the last left to Keras."""
    sizes = [code.value(each, None) for each in shape.elts]
    for axis in reversed(range(len(sizes))):
        others = [size for index, size in enumerate(sizes) if index != axis]
        held = math.prod(size for size in others if isinstance(size, int))
        if all(isinstance(size, int) and size > 0 for size in others) and elements % held == 0:
            edit = Edit(code.span(shape.elts[axis]), str(elements // held))
            yield Fix(f"Make axis {axis + 1} of the shape {elements // held}", (edit,))
    if sizes and -1 not in sizes:
        yield Fix("Leave the last axis of the shape to Keras", (Edit(code.span(shape.elts[-1]), "-1"),))
