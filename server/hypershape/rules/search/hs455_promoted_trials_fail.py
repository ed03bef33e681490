"""HS455."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.halving import on_few
from hypershape.rules.common.tuners import constructed

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
        Example(_OWN % "", at="kt.Hyperband"),
        Example.search(
            _SEARCH,
            body='model.add(layers.Dense(hp.Int("units", 1, 64)))',
            head="layers.Dense(1)",
            fit=_FIT % "epochs=2",
            at="kt.Hyperband",
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
            yield self.finding(f"{which}: {_why(failing[0].facts['promoted']['error'])}", call.callee)


def _why(error: Mapping[str, Any]) -> str:
    """What it loads and why it cannot, in one sentence or two."""
    message = str(error["message"])
    if "not yet been built" in message:
        return (
            "it loads the weights of an earlier trial into a new model that has none yet. Give the class of the model a "
            "`build` method, or call the model on a batch before the build function returns it."
        )
    if error["type"] == "FileNotFoundError":
        return (
            "it loads the weights of an earlier trial, and none were saved. Give the `callbacks` that `fit` gets to the "
            "`fit` of the model."
        )
    return f"it cannot load the weights of an earlier trial ({error['type']}: {wording.quote(message)})."
