"""HS205."""

from __future__ import annotations

import math
import re

from hypershape.fixes.syntax import Code
from hypershape.model import ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common import wording
from hypershape.rules.common.failure import BuildFailure, input_axes


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
    pattern = re.compile(r"total size of the tensor must be unchanged|[Cc]annot reshape a tensor")

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((8,))])
                model.add(layers.Dense(hp.Choice("units", [16, 32, 36])))
                model.add(layers.Reshape((4, 4, 2)))
                model.add(layers.Flatten())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """,
            at="layers.Reshape((4, 4, 2))",
            fixed="[32]",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((8,))])
                model.add(layers.Dense(hp.Int("units", 10, 20)))
                model.add(layers.Reshape((5, -1)))
                model.add(layers.Flatten())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """,
            at="layers.Reshape((5, -1))",
            fixed='hp.Int("units", 10, 20, step=5)',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((8,))])
                model.add(layers.Dense(16 * hp.Choice("depth", [1, 2, 3])))
                model.add(layers.Reshape((4, 4, -1)))
                model.add(layers.Flatten())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                side = hp.Int("side", 2, 4)
                model = keras.Sequential([keras.Input((8,)), layers.Dense(side * side * 2), layers.Reshape((side, side, 2))])
                model.add(layers.Flatten())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(hp.Int("filters", 2, 4), 3)])
                model.add(layers.Reshape((-1, model.output_shape[-1])))
                model.add(layers.GlobalAveragePooling1D())
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        axes = input_axes(error)
        target = wording.shape(error.parameters.get("target_shape", ""))
        if axes is None or None in axes[1:] or target is None or None in target:
            return "`Reshape` gets another number of elements than its target shape holds"
        given = math.prod(size for size in axes[1:] if size is not None)
        wanted = math.prod(size for size in target if size is not None)
        shape = error.parameters["target_shape"]
        if -1 in target:
            return f"`Reshape` cannot lay out {given:,} values as {shape}: {-wanted:,} does not divide them"
        return f"`Reshape` gets {given:,} values but {shape} holds {wanted:,}"
