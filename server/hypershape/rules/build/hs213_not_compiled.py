"""HS213."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.syntax import Code, contains
from hypershape.model import Analysis, Finding, Fix, ProbeError
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, target_of
from hypershape.rules.common.tuners import targets_of, tuners


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
    kinds = ("not-compiled",)
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
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,))])
                model.add(layers.Dense(hp.Int("units", 1, 3)))
                return model


            tuner = kt.RandomSearch(
                build_model, "loss", max_trials=2, overwrite=True, loss="mse", metrics=["mae"], optimizer="sgd"
            )
            """,
            at="build_model",
            fixed='model.compile(optimizer="sgd", loss="mse", metrics=["mae"])\n    return model',
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

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code, target = Code.of(analysis.module), target_of(finding, analysis)
        for tuner in tuners(analysis, code):
            if target is None or target.target not in targets_of(tuner, analysis):
                continue
            given = {each.arg: code.source(each.value) for each in tuner.node.keywords}
            arguments = [
                f"{name}={given[name]}" for name in ("optimizer", "loss", "metrics") if name in given
            ]
            returned = [
                node
                for node in code.nodes
                if isinstance(node, ast.Return) and contains(target.target.body, code.span(node))
            ]
            if "loss" not in given or len(returned) != 1 or not isinstance(returned[0].value, ast.Name):
                continue
            line = f"{returned[0].value.id}.compile({', '.join(arguments)})"
            edit = (
                edits.insert_before(code.module, code.span(returned[0]), [line]) if "\n" not in line else None
            )
            if edit is not None:
                yield Fix("Compile the model here with what the tuner is given", (edit,))

    def what(self, error: ProbeError, code: Code) -> str:
        return "This function returns a model that is not compiled"
