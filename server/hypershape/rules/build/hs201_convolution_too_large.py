"""HS201."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common import wording
from hypershape.rules.common.failure import BuildFailure, clamped_size, input_axes, same_padding


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
    pattern = re.compile(r"output size would be zero or negative|Negative dimension size")

    INVALID = (
        Example(
            """
            import keras
            from keras import layers
            import keras_tuner as kt


            def build_model(hp):
                kernel = hp.Int("kernel", 3, 9, step=2)
                model = keras.Sequential([keras.Input((28, 28, 1))])
                for _ in range(hp.Int("blocks", 1, 3)):
                    model.add(layers.Conv2D(8, kernel))
                    model.add(layers.MaxPooling2D(2))
                model.add(layers.Flatten())
                model.add(layers.Dense(10))
                model.compile(loss="mse")
                return model
            """,
            at="layers.Conv2D(8, kernel)",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((16, 4))
                x = layers.Conv1D(4, hp.Choice("width", [3, 9, 17]))(x)
                outputs = layers.Dense(1)(layers.Flatten()(x))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """,
            at='layers.Conv1D(4, hp.Choice("width", [3, 9, 17]))',
            condition="width == 17",
            fixed="[3, 9]",
        ),
        Example(
            """
            import keras
            from keras import layers

            LARGEST = 11


            def build_model(hp):
                kernel = hp.Int(
                    "kernel",
                    3,
                    LARGEST,  # odd sizes only
                    step=2,
                )
                inputs = keras.Input((8, 8, 1))
                x = layers.Conv2D(4, kernel)(inputs)
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """,
            at="layers.Conv2D(4, kernel)",
            condition="kernel >= 9",
            fixed="LARGEST = 7",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((10, 10, 1))
                for i in range(2):
                    x = layers.Conv2D(filters=4, kernel_size=hp.Int(f"kernel_{i}", min_value=3, max_value=7, step=2))(x)
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """,
            fixed='hp.Int(f"kernel_{i}", min_value=3, max_value=5, step=2)',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((28, 28, 1))])
                model.add(layers.Conv2D(8, hp.Int("kernel", 3, 9, step=2)))
                model.add(layers.MaxPooling2D(2))
                model.add(layers.Conv2D(8, 3))
                model.add(layers.Flatten())
                model.add(layers.Dense(10))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                kernel = hp.Int("kernel", 3, 9, step=2)
                model = keras.Sequential([keras.Input((28, 28, 1))])
                for _ in range(hp.Int("blocks", 1, 4)):
                    model.add(layers.Conv2D(4, kernel, padding="same"))
                    model.add(layers.MaxPooling2D(2))
                model.add(layers.Flatten())
                model.add(layers.Dense(10))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((12, 12, 1))
                for _ in range(hp.Int("blocks", 1, 5)):
                    if min(x.shape[1:3]) >= 5:
                        x = layers.Conv2D(4, 5)(x)
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                inputs = keras.Input((17, 2))
                x = layers.Conv1D(4, 3, dilation_rate=hp.Int("dilation", 1, 8))(inputs)
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                kernel = hp.Choice("kernel", [3, 5, 9])
                inputs = keras.Input((8, 8, 1))
                x = layers.Conv2D(2, min(kernel, inputs.shape[1]))(inputs)
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        pooling = "Pool" in (error.layer_class or "") or "pool_size" in error.message
        return super().explains(error) and not pooling

    def what(self, error: ProbeError, code: Code) -> str:
        layer = error.layer_class or "The convolution"
        axes = input_axes(error)
        if axes is None:
            return f"`{layer}` has more kernel than input"
        sizes = wording.spatial(axes, error.parameters)
        kernel = wording.numbers(error.parameters.get("kernel_size"), len(sizes)) or _kernel(
            error, len(sizes)
        )
        if kernel is None:
            return f"`{layer}` gets only {wording.area(sizes)}"
        dilation = wording.numbers(error.parameters.get("dilation_rate"), len(sizes)) or (1,) * len(sizes)
        needed = [(size - 1) * rate + 1 for size, rate in zip(kernel, dilation, strict=True)]
        return f"`{layer}` needs at least {wording.area(needed)} but gets {wording.size(sizes)}"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        yield from super().fixes(finding, analysis)
        if finding.error is None:
            return
        code = Code.of(analysis.module)
        padded = same_padding(finding.error, code)
        if padded is not None:
            yield padded
        clamped = clamped_size(finding.error, code, "kernel_size", 1)
        if clamped is not None:
            yield clamped


def _kernel(error: ProbeError, rank: int) -> tuple[int, ...] | None:
    """The kernel's size from Keras's own text, whose last two axes are channels and filters."""
    found = re.search(r"kernel shape=(\([^)]*\))", error.message)
    axes = wording.shape(found.group(1)) if found else None
    if axes is None or len(axes) < rank or None in axes[:rank]:
        return None
    return tuple(size for size in axes[:rank] if size is not None)
