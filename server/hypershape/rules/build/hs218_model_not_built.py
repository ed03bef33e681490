"""HS218."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.failure import BuildFailure
from hypershape.source import Code


class ModelNotBuilt(BuildFailure):
    """The build function asks a model for what is known only once its input is.

    ## What it does
    Builds the model and reports `count_params()`, `output_shape` and the like on a model without an `Input`.

    ## Why it matters
    Such a model has no weights before it meets the data: the question raises in every trial.

    ## Fix
    Begin the model with `keras.Input`.
    """

    code = "HS218"
    name = "model-not-built"
    kinds = ("model-not-built",)
    stages = ("build", "compile")

    INVALID = (
        Example(
            """
            # hypershape: x=(4,) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential()
                model.add(layers.Dense(hp.Int("units", 1, 3)))
                model.add(layers.Dense(1))
                print(model.count_params())
                model.compile(loss="mse")
                return model
            """,
            at="model.count_params()",
            fixed="model = keras.Sequential()\n    model.add(keras.Input((4,)))\n",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 1, 3))])
                print(model.output_shape)
                model.compile(loss="mse")
                return model
            """,
            at="model.output_shape",
        ),
    )
    VALID = (
        Example(
            """
            # hypershape: x=(4,) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 1, 3)), layers.Dense(1)])
                model.build((None, 4))
                print(model.count_params(), model.output_shape)
                model.summary()
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            # hypershape: x=(4,) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 1, 3)), layers.Dense(1)])
                model.summary()
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return "This asks a model for its weights or shapes before it knows its input,"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        data = target.known_data
        if data is None or len(data.x) != 1:
            return
        for call in code.calls_in(target.target.body):
            if class_of(call, code) != "Sequential" or call.args or call.keywords:
                continue
            statement = code.parents.get(call)
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                continue
            made = _input(call, code)
            line = f"{statement.targets[0].id}.add({made}({data.x[0]}))" if made else ""
            edit = edits.insert_after(code.module, code.span(statement), [line]) if made else None
            if edit is not None:
                origin = "declared input" if data.knowledge == "declared" else "input of the search"
                yield Fix(f"Begin with the {origin}, {data.x[0]}", (edit,))


def _input(sequential: ast.Call, code: Code) -> str | None:
    """How this file can write `keras.Input`."""
    bound, package = code.imported_as("keras.Input", "keras.layers.Input"), code.imported_as("keras")
    if bound is not None or package is not None:
        return bound or f"{package}.Input"
    source = code.source(sequential.func)
    return f"{source.rpartition('.')[0]}.Input" if source.endswith("keras.Sequential") else None
