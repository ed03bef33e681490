"""HS210."""

from __future__ import annotations

from hypershape.model import ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
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
