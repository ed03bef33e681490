"""HS202."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common import wording
from hypershape.rules.common.failure import BuildFailure, input_axes, same_padding


class PoolingTooLarge(BuildFailure):
    """A pooling window is larger than what is left of its input.

    ## What it does
    Builds the model over the search space and reports the configurations in which a pooling without padding would
    have an output of zero or negative size, with the hyperparameters to blame.

    ## Why it matters
    Deep stacks halve the feature map until nothing is left. Keras refuses the layer and the trial is marked FAILED.

    ## Fix
    Draw fewer blocks, pad with `padding="same"`, or skip the pooling when the map is too small.
    """

    code = "HS202"
    name = "pooling-too-large"
    pattern = re.compile(r"output size would be zero or negative|Negative dimension size")

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((8, 8, 3))
                for _ in range(hp.Int("blocks", 1, 5)):
                    x = layers.Conv2D(4, 3, padding="same")(x)
                    x = layers.MaxPooling2D(2)(x)
                outputs = layers.Dense(10)(layers.Flatten()(x))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """,
            at="layers.MaxPooling2D(2)",
            condition="blocks >= 4",
            fixed='hp.Int("blocks", 1, 3)',
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Conv1D(4, 3, input_shape=(20, 2))])
                model.add(layers.MaxPooling1D(hp.Choice("pool", [2, 4, 32])))
                model.add(layers.Flatten())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """,
            at='layers.MaxPooling1D(hp.Choice("pool", [2, 4, 32]))',
            condition="pool == 32",
            fixed="[2, 4]",
        ),
        Example(
            """
            import keras
            from keras import layers

            POOLS = [2, 4, 16]


            def build_model(hp):
                x = inputs = keras.Input((12, 2))
                x = layers.AveragePooling1D(pool_size=hp.Choice(name="pool", values=POOLS, default=16))(x)
                model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
                model.compile(loss="mse")
                return model
            """,
            condition="pool == 16",
            fixed="POOLS = [2, 4]",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((8, 8, 3))
                for _ in range(hp.Int("blocks", 1, 3)):
                    x = layers.Conv2D(4, 3, padding="same")(x)
                    x = layers.MaxPooling2D(2)(x)
                outputs = layers.Dense(10)(layers.Flatten()(x))
                model = keras.Model(inputs, outputs)
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                x = inputs = keras.Input((8, 8, 3))
                for _ in range(hp.Int("blocks", 1, 5)):
                    x = layers.MaxPooling2D(2, padding="same")(x)
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
                x = inputs = keras.Input((20, 2))
                x = layers.AveragePooling1D(pool_size=hp.Int("pool", 2, 20), strides=1)(x)
                model = keras.Model(inputs, layers.Dense(1)(layers.GlobalMaxPooling1D()(x)))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        pooling = "Pool" in (error.layer_class or "") or "pool_size" in error.message
        return super().explains(error) and pooling

    def what(self, error: ProbeError, code: Code) -> str:
        layer = error.layer_class or "The pooling"
        axes = input_axes(error)
        if axes is None:
            return f"`{layer}` has a larger window than input"
        sizes = wording.spatial(axes, error.parameters)
        window = wording.numbers(error.parameters.get("pool_size") or _window(error), len(sizes))
        if window is None:
            return f"`{layer}` gets only {wording.area(sizes)}"
        return f"`{layer}` needs at least {wording.area(window)} but gets {wording.size(sizes)}"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        yield from super().fixes(finding, analysis)
        padded = same_padding(finding.error, Code.of(analysis.module)) if finding.error else None
        if padded is not None:
            yield padded


def _window(error: ProbeError) -> str | None:
    found = re.search(r"pool_size=(\([^)]*\)|\[[^\]]*\])", error.message)
    return found.group(1) if found else None
