"""HS214."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Edit, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure


class ShapeIsNoTuple(BuildFailure):
    """An input shape is written as a number: `Input(8)` or `input_shape=(8)`.

    ## What it does
    Builds the model and reports a shape that is no tuple. In Python `(8)` is a number, `(8,)` is a tuple.

    ## Why it matters
    Keras 2 took it, Keras 3 refuses it in every trial.

    ## Fix
    `(8,)`.
    """

    code = "HS214"
    name = "shape-is-no-tuple"
    pattern = re.compile(r"Cannot convert '.*' to a shape")

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((8)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model
            """,
            fixed="keras.Input((8,))",
        ),
        Example(
            """
            import keras
            import numpy as np

            x_train = np.zeros((100, 12))


            def build_model(hp):
                inputs = keras.Input(shape=(x_train.shape[1]))
                model = keras.Model(inputs, keras.layers.Dense(hp.Int("units", 1, 3))(inputs))
                model.compile(loss="mse")
                return model
            """,
            fixed="shape=(x_train.shape[1],)",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((8,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                size = 8
                model = keras.Sequential([keras.Input(shape=[size]), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 1, 3), input_shape=(8,)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        found = re.search(r"Cannot convert '(.*)' to a shape", error.message)
        given = found.group(1) if found else "This"
        return f"{given} is no shape: a tuple such as ({given if given.isdigit() else 8},) is needed"

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code = Code.of(analysis.module)
        for call in code.calls_in(finding.span):
            for name, position in (("shape", 0), ("input_shape", None)):
                shape = code.argument(call, name, position)
                if shape is None or isinstance(shape, (ast.Tuple, ast.List)):
                    continue
                bracketed = _bracketed(shape, code)
                edit = Edit(
                    code.span(shape), f"{code.source(shape)}," if bracketed else f"({code.source(shape)},)"
                )
                yield Fix("Write the shape as a tuple", (edit,))
                return


def _bracketed(node: ast.expr, code: Code) -> bool:
    """Whether an expression stands alone in parentheses of its own: `f((8))`, `f(shape=(8))`."""
    span = code.span(node)
    line = code.text.line(span.line)
    before, after = line[: span.column - 1].rstrip(), line[span.end_column - 1 :].lstrip()
    return re.search(r"[=(,]\s*\($", before) is not None and after.startswith(")")
