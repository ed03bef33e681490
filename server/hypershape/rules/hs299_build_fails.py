"""HS299."""

from __future__ import annotations

import re

from hypershape.fixes.syntax import Code
from hypershape.model import ProbeError
from hypershape.rules.base import Example
from hypershape.rules.failure import BuildFailure


class BuildFails(BuildFailure):
    """The target raises an exception that no other rule explains.

    ## What it does
    Builds the model over the search space and reports every exception raised inside the target, with the
    hyperparameters to blame and Python's own words.

    ## Why it matters
    The trial is marked FAILED; an exception at the default values stops the tuner's constructor.

    ## Fix
    Depends on the exception; leaving the failing values out of the search space is always possible.
    """

    code = "HS299"
    name = "build-fails"
    pattern = re.compile("")
    stages = ("build", "compile", "return")

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                width = {"narrow": 8, "wide": 64}[hp.Choice("width", ["narrow", "wide", "huge"])]
                model = keras.Sequential([keras.Input((4,)), layers.Dense(width), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """,
            condition="width == 'huge'",
            fixed='["narrow", "wide"]',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                width = {"narrow": 8, "wide": 64}[hp.Choice("width", ["narrow", "wide"])]
                model = keras.Sequential([keras.Input((4,)), layers.Dense(width), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        if error.layer_class:
            shapes = f" with input {', '.join(error.input_shapes)}" if error.input_shapes else ""
            return f"`{error.layer_class}`{shapes} raises {error.type}"
        return f"This raises {error.type}"
