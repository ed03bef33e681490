"""HS202."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Cause, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, all_padded, same_padding, windows
from hypershape.source import Code


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
    kinds = ("pooling-too-large",)

    INVALID = (
        Example.layers(
            """
            for _ in range(hp.Int("blocks", 1, 5)):
                x = layers.Conv2D(4, 3, padding="same")(x)
                x = layers.MaxPooling2D(2)(x)
            """,
            input="(8, 8, 3)",
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
        Example.layers(
            """
            x = layers.AveragePooling1D(pool_size=hp.Choice(name="pool", values=POOLS, default=16))(x)
            """,
            input="(12, 2)",
            before="POOLS = [2, 4, 16]",
            condition="pool == 16",
            fixed="POOLS = [2, 4]",
        ),
    )
    VALID = (
        Example.layers(
            """
            for _ in range(hp.Int("blocks", 1, 3)):
                x = layers.Conv2D(4, 3, padding="same")(x)
                x = layers.MaxPooling2D(2)(x)
            """,
            input="(8, 8, 3)",
        ),
        Example.layers(
            """
            for _ in range(hp.Int("blocks", 1, 5)):
                x = layers.MaxPooling2D(2, padding="same")(x)
            """,
            input="(8, 8, 3)",
        ),
        Example.layers(
            """
            x = layers.AveragePooling1D(pool_size=hp.Int("pool", 2, 20), strides=1)(x)
            """,
            input="(20, 2)",
            head="layers.GlobalMaxPooling1D(), layers.Dense(1)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return windows(error, error.layer_class or "The pooling", "has a larger window than input")

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from same_padding(cause.error, code)
        yield from all_padded(target, code)
