"""HS455."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity, Span, TunerCall
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.halving import on_few
from hypershape.rules.common.hypermodels import callbacks_handed_on, drops_callbacks, own_fits
from hypershape.rules.common.tuners import constructed
from hypershape.source import Code, contains

_OWN = """
    import keras
    import keras_tuner as kt
    import numpy as np
    from keras import layers

    class Own(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.inner, self.last = layers.Dense(units), layers.Dense(1)
    %s
        def call(self, inputs):
            return self.last(self.inner(inputs))

    def build_model(hp):
        model = Own(hp.Int("units", 1, 64))
        model.compile(loss="mse")
        return model

    tuner = kt.Hyperband(build_model, "loss", max_epochs=4, overwrite=True)
    tuner.search(np.ones((8, 4)), np.ones((8, 1)))
    """

_BUILT = """
        def build(self, shape):
            self.inner.build(shape)
            self.last.build(self.inner.compute_output_shape(shape))
            self.built = True
    """

_SEARCH = """
    tuner = kt.Hyperband(Model(), "loss", max_epochs=4, overwrite=True)
    tuner.search(np.ones((8, 4)), np.ones((8, 1)))
    """

_FIT = """
    def fit(self, hp, model, x, y, **kwargs):
        return model.fit(x, y, %s)
    """


class PromotedTrialsFail(Rule):
    """The trials that Hyperband trains longer fail before they begin.

    ## What it does
    Begins in a rehearsal, after two trials that run, one as Hyperband promotes it: with the weights of an earlier trial.

    ## Why it matters
    Hyperband gives many configurations a few epochs and the better ones more. Each of these is a new trial that builds
    its model again and loads what the earlier one saved. Where that fails, all first trials run and nothing is ever
    trained longer.

    ## Fix
    A model of one's own has its layers' weights before its first batch where its class has a `build` method, or where
    the build function calls it once. A `fit` of one's own gives its `callbacks` to that of the model: one of them saves
    the weights.
    """

    code = "HS455"
    name = "promoted-trials-fail"
    severity = Severity.WARNING
    rehearsed = True

    INVALID = (
        Example(
            _OWN % "",
            at="kt.Hyperband",
            fixed="model(keras.ops.zeros((1, 4)))\n    return model",
        ),
        Example.search(
            _SEARCH,
            body='model.add(layers.Dense(hp.Int("units", 1, 64)))',
            head="layers.Dense(1)",
            fit=_FIT % "epochs=2",
            at="kt.Hyperband",
            fixed='epochs=2, callbacks=kwargs.get("callbacks")',
        ),
    )
    VALID = (
        Example(_OWN % _BUILT),
        Example.search(
            _SEARCH,
            body='model.add(layers.Dense(hp.Int("units", 1, 64)))',
            head="layers.Dense(1)",
            fit=_FIT % "**kwargs",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for found in analysis.module.tuners:
            call = found.call
            played = [
                each for each in analysis.rehearsals if each.tuner == call.span and "promoted" in each.facts
            ]
            failing = [each for each in played if each.facts["promoted"]["error"] is not None]
            node = code.expression(call.span, ast.Call)
            if not failing or not isinstance(node, ast.Call):
                continue
            # Of too few trials Hyperband promotes none.
            if on_few(constructed(found, node, code), analysis) is not None:
                continue
            shown = wording.values(failing[0].values, failing[0].values)
            which = (
                "Every trial that Hyperband promotes fails"
                if failing == played
                else f"Trials that Hyperband promotes fail, as with {shown}"
            )
            error = failing[0].facts["promoted"]["error"]
            yield self.finding(
                f"{which}: {_why(error)}", call.callee, repairs=partial(_repairs, error, found, analysis)
            )


def _why(error: Mapping[str, Any]) -> str:
    """What it loads and why it cannot, in one sentence or two."""
    if _is_unbuilt(error):
        return (
            "it loads the weights of an earlier trial into a new model that has none yet. Give the class of the model a "
            "`build` method, or call the model on a batch before the build function returns it."
        )
    if _is_unsaved(error):
        return (
            "it loads the weights of an earlier trial, and none were saved. Give the `callbacks` that `fit` gets to the "
            "`fit` of the model."
        )
    return f"it cannot load the weights of an earlier trial ({error['type']}: {wording.quote(str(error['message']))})."


def _is_unbuilt(error: Mapping[str, Any]) -> bool:
    return "not yet been built" in str(error["message"])


def _is_unsaved(error: Mapping[str, Any]) -> bool:
    return bool(error["type"] == "FileNotFoundError")


def _repairs(error: Mapping[str, Any], tuner: TunerCall, analysis: Analysis) -> Iterator[Fix]:
    code = analysis.module.code
    for each in own_fits(code) if _is_unsaved(error) else ():
        if drops_callbacks(each):
            yield from callbacks_handed_on(each, code)
    target = analysis.given_to(tuner.call.span)
    data = target.searched or target.known_data if target is not None else None
    keras = code.imported_as("keras")
    if not _is_unbuilt(error) or target is None or data is None or len(data.x) != 1 or keras is None:
        return
    shape = ", ".join(map(str, (1, *data.x[0])))
    # Keras makes its own floats of any others.
    kind = "" if data.x_dtype.startswith("float") else f', "{data.x_dtype}"'
    returned = [
        each
        for each in code.every(ast.Return)
        if contains(target.target.body, code.span(each))
        and _is_of(code.enclosing(each), target.target.body, code)
    ]
    model = returned[0].value if len(returned) == 1 else None
    if isinstance(model, ast.Name):
        line = f"{model.id}({keras}.ops.zeros(({shape}){kind}))"
        changed = edits.insert_before(code.module, code.span(returned[0]), (line,))
        if changed is not None:
            yield Fix("Call the model on a batch before it is returned", (changed,))


def _is_of(function: ast.AST | None, body: Span, code: Code) -> bool:
    return function is not None and code.span(function).line == body.line
