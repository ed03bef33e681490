"""HS213."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, ProbeError, Severity, TargetAnalysis
from hypershape.rules.base import Example, causes
from hypershape.rules.common.failure import BuildFailure
from hypershape.rules.common.tuners import targets_of, tuners
from hypershape.source import Code, contains


class NotCompiled(BuildFailure):
    """The build function returns a model that was not compiled.

    ## What it does
    Looks at the model that the function returns, in every probed configuration.

    ## Why it matters
    `fit` refuses such a model, so every trial fails. A function that no tuner is seen to be given may be a helper of
    one that compiles, so that it is told as a note. Passing `optimizer`, `loss` and `metrics` to the tuner instead,
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
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
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

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for target, cause in causes(analysis):
            if self.explains(cause.error):
                found = self.report(target, cause, code)
                if not target.target.tuners and target.target.kind != "hypermodel":
                    note = f"{found.sentence} Fine if its caller compiles it; given to a tuner, every trial fails."
                    message = found.message.replace(found.sentence, note, 1)
                    found = replace(found, severity=Severity.INFO, message=message)
                yield replace(found, repairs=partial(_compiled, target, analysis, code))

    def what(self, error: ProbeError, code: Code) -> str:
        return "This function returns a model that is not compiled"


def _compiled(target: TargetAnalysis, analysis: Analysis, code: Code) -> Iterator[Fix]:
    """The model compiled before it is returned, with what a tuner of the target is given."""
    yield from _with_top(target, code)
    returned = [node for node in code.every(ast.Return) if contains(target.target.body, code.span(node))]
    model = returned[0].value if len(returned) == 1 else None
    if not isinstance(model, ast.Name):
        return
    for tuner in tuners(analysis, code):
        given = {each.arg: code.source(each.value) for each in tuner.node.keywords}
        if target.target not in targets_of(tuner, analysis) or "loss" not in given:
            continue
        arguments = [f"{name}={given[name]}" for name in ("optimizer", "loss", "metrics") if name in given]
        line = f"{model.id}.compile({', '.join(arguments)})"
        edit = edits.insert_before(code.module, code.span(returned[0]), [line]) if "\n" not in line else None
        if edit is not None:
            yield Fix("Compile the model here with what the tuner is given", (edit,))


def _with_top(target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """A ready-made hypermodel with its top: only with that does it compile its models."""
    for call in code.calls_in(target.target.span):
        origin, top = code.imported(call.func) or "", code.argument(call, "include_top", 0)
        if origin.startswith("keras_tuner.applications.") and top is not None and code.value(top) is False:
            edit = edits.remove_argument(code.module, code.span(call), "include_top")
            if edit is not None:
                yield Fix("Let it add its top, with which it is compiled", (edit,), reshapes=True)
