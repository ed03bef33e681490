"""HS213."""

from __future__ import annotations

import re

from hypershape.fixes.syntax import Code
from hypershape.model import ProbeError
from hypershape.rules.base import Example
from hypershape.rules.failure import BuildFailure


class NotCompiled(BuildFailure):
    """The build function returns a model that was not compiled.

    ## What it does
    Looks at the model that the function returns, in every probed configuration.

    ## Why it matters
    `fit` refuses such a model, so every trial fails. Passing `optimizer`, `loss` and `metrics` to the tuner instead,
    as the documentation of Keras Tuner suggests, fails on Keras 3 as well.

    ## Fix
    Call `model.compile(…)` before `return model`.
    """

    code = "HS213"
    name = "not-compiled"
    pattern = re.compile(r"You must call `compile\(\)` before using the model")
    stages = ("build", "compile", "return", "step")

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                return keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
            """,
            at="build_model",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers

            def compiled(model):
                model.compile(loss="mse")
                return model


            def build_model(hp):
                return compiled(keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))]))
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return "This function returns a model that is not compiled"
