"""HS201."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Cause, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, all_padded, clamped_size, same_padding, windows
from hypershape.source import Code


class ConvolutionTooLarge(BuildFailure):
    """A convolution's kernel is larger than what is left of its input.

    ## What it does
    Builds the model over the search space and reports the configurations in which a convolution without padding
    would have an output of zero or negative size, with the hyperparameters to blame.

    ## Why it matters
    Keras refuses such a layer, the trial is marked FAILED, and three failed trials in a row end the search.

    ## Fix
    Draw fewer or smaller values, pad with `padding="same"`, or limit the kernel by the size at hand.
    """

    code = "HS201"
    name = "convolution-too-large"
    kinds = ("convolution-too-large",)

    INVALID = (
        Example.layers(
            """
            kernel = hp.Int("kernel", 3, 9, step=2)
            for _ in range(hp.Int("blocks", 1, 3)):
                model.add(layers.Conv2D(8, kernel))
                model.add(layers.MaxPooling2D(2))
            """,
            at="layers.Conv2D(8, kernel)",
        ),
        Example.layers(
            """
            x = layers.Conv1D(4, hp.Choice("width", [3, 9, 17]))(x)
            """,
            input="(16, 4)",
            at='layers.Conv1D(4, hp.Choice("width", [3, 9, 17]))',
            condition="width == 17",
            fixed="[3, 9]",
        ),
        Example.layers(
            """
            kernel = hp.Int(
                "kernel",
                3,
                LARGEST,  # odd sizes only
                step=2,
            )
            x = layers.Conv2D(4, kernel)(x)
            """,
            input="(8, 8, 1)",
            before="LARGEST = 11",
            at="layers.Conv2D(4, kernel)",
            condition="kernel >= 9",
            fixed="LARGEST = 7",
        ),
        Example.layers(
            """
            for i in range(2):
                x = layers.Conv2D(filters=4, kernel_size=hp.Int(f"kernel_{i}", min_value=3, max_value=7, step=2))(x)
            """,
            input="(10, 10, 1)",
            fixed='max_value=7, step=2), padding="same")(x)',
        ),
        Example.layers(
            """
            x = layers.Conv2D(2, hp.Int("late", 9, 11, step=2))(layers.Conv2D(2, 3)(x))
            """,
            input="(12, 12, 1)",
            at='layers.Conv2D(2, hp.Int("late", 9, 11, step=2))',
            condition="late >= 11",
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Conv2D(8, hp.Int("kernel", 3, 9, step=2)))
            model.add(layers.MaxPooling2D(2))
            model.add(layers.Conv2D(8, 3))
            """
        ),
        Example.layers(
            """
            kernel = hp.Int("kernel", 3, 9, step=2)
            for _ in range(hp.Int("blocks", 1, 4)):
                model.add(layers.Conv2D(4, kernel, padding="same"))
                model.add(layers.MaxPooling2D(2))
            """
        ),
        Example.layers(
            """
            for _ in range(hp.Int("blocks", 1, 5)):
                if min(x.shape[1:3]) >= 5:
                    x = layers.Conv2D(4, 5)(x)
            """,
            input="(12, 12, 1)",
        ),
        Example.layers(
            """
            x = layers.Conv1D(4, 3, dilation_rate=hp.Int("dilation", 1, 8))(x)
            """,
            input="(17, 2)",
        ),
        Example.layers(
            """
            kernel = hp.Choice("kernel", [3, 5, 9])
            x = layers.Conv2D(2, min(kernel, inputs.shape[1]))(inputs)
            """,
            input="(8, 8, 1)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return windows(error, error.layer_class or "The convolution", "has more kernel than input")

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from same_padding(cause.error, code)
        yield from clamped_size(cause.error, code, "kernel_size", 1)
        yield from all_padded(target, code)
