"""HS302."""

from __future__ import annotations

import re

from hypershape.fixes.syntax import Code
from hypershape.model import ProbeError
from hypershape.rules.base import Example
from hypershape.rules.failure import BuildFailure


class DataDoesNotFitInput(BuildFailure):
    """The data of the search does not have the shape that the model takes.

    ## What it does
    Runs the model on a batch with the shapes of the data, known or declared.

    ## Why it matters
    Every trial fails in its first step.

    ## Fix
    Take the input shape from the data: `keras.Input(x_train.shape[1:])`.
    """

    code = "HS302"
    name = "data-does-not-fit-input"
    pattern = re.compile(
        r"expected axis -?\d+ of input shape to have value|expected shape=|Invalid input shape for input"
        r"|expects \d+ input\(s\), but it received \d+ input"
    )
    stages = ("step",)

    INVALID = (
        Example(
            """
            # hypershape: x=(8,) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((9,)), layers.Dense(hp.Int("units", 4, 8)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """,
        ),
    )
    VALID = (
        Example(
            """
            # hypershape: x=(9,) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((9,)), layers.Dense(hp.Int("units", 4, 8)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        found = re.search(r"to have value (\d+), but received input with shape (\([^)]*\))", error.message)
        if found:
            return f"The model takes inputs of width {found[1]} but the data has the shape {found[2]}"
        found = re.search(r"expected shape=(\([^)]*\)), found shape=(\([^)]*\))", error.message)
        if found:
            return f"The model takes inputs of shape {found[1]} but the data has the shape {found[2]}"
        return "The data does not have the shape that the model takes"
