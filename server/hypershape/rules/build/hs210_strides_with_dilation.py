"""HS210."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, layer_call
from hypershape.source import Code


class StridesWithDilation(BuildFailure):
    """A convolution has both strides and dilation above 1.

    ## What it does
    Builds the model over the search space and reports the configurations in which a layer is given both.

    ## Why it matters
    Keras supports one or the other; independently drawn values meet in some trials, which then fail.

    ## Fix
    Drop values, or draw which of the two is used.
    """

    code = "HS210"
    name = "strides-with-dilation"
    kinds = ("strides-with-dilation",)

    INVALID = (
        Example.layers(
            """
            x = layers.Conv2D(4, 3, strides=hp.Int("strides", 1, 2), dilation_rate=2)(x)
            """,
            at='layers.Conv2D(4, 3, strides=hp.Int("strides", 1, 2), dilation_rate=2)',
            fixed='hp.Int("strides", 1, 1)',
        ),
        Example.layers(
            """
            for rate in (1, 2):
                x = layers.Conv2D(hp.Int("filters", 2, 4), 3, strides=2, dilation_rate=rate)(x)
            """,
            fixed="strides=1 if rate > 1 else 2, dilation_rate=rate",
        ),
    )
    VALID = (
        Example.layers(
            """
            x = layers.Conv2D(4, 3, strides=hp.Int("strides", 1, 2))(x)
            x = layers.Conv2D(4, 3, dilation_rate=hp.Int("dilation", 1, 2))(x)
            """
        ),
        Example.layers(
            """
            strides = hp.Int("strides", 1, 2)
            dilation = 1 if strides > 1 else hp.Int("dilation", 1, 2)
            x = layers.Conv2D(4, 3, strides=strides, dilation_rate=dilation)(x)
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        layer = f"`{error.layer_class}`" if error.layer_class else "This convolution"
        return f"{layer} has both strides and dilation above 1, which Keras does not support,"

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        """No strides where there is dilation: the layer sees as far as it was to see."""
        call = layer_call(cause.error, code)
        strides = code.argument(call, "strides", 2) if call is not None else None
        dilation = code.argument(call, "dilation_rate") if call is not None else None
        if call is None or strides is None or dilation is None:
            return
        text = (
            f"1 if {dilation.id} > 1 else {code.source(strides)}" if isinstance(dilation, ast.Name) else "1"
        )
        edit = edits.set_argument(code.module, code.span(call), "strides", text, 2)
        if edit is not None:
            yield Fix("Take no strides where there is dilation (changes its output shape)", (edit,))
