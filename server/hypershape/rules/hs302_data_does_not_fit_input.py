"""HS302."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Edit, Finding, Fix, ProbeError
from hypershape.rules import wording
from hypershape.rules.base import Example
from hypershape.rules.failure import BuildFailure, class_of, target_of


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
        Example(
            """
            # hypershape: x=(9,) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 4, 8)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            # hypershape: x=(28, 28) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(hp.Int("filters", 2, 4), 3), layers.Flatten(), layers.Dense(1)])
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

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code, target = Code.of(analysis.module), target_of(finding, analysis)
        message = finding.error.message if finding.error else ""
        found = re.search(r"received input with shape (\([^)]*\))|found shape=(\([^)]*\))", message)
        axes = wording.shape(next(each for each in found.groups() if each)) if found else None
        for call in code.calls_in(target.target.body) if target and axes else ():
            shape = code.argument(call, "shape", 0) if class_of(call, code) == "Input" else None
            shape = shape or code.argument(call, "input_shape")
            if shape is not None and isinstance(code.value(shape, None), tuple):
                text = f"({', '.join(map(str, axes[1:]))}{',' * (len(axes) == 2)})" if axes else ""
                yield Fix(f"Take inputs of shape {text}", (Edit(code.span(shape), text),))
