"""HS311."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, compiles
from hypershape.source import Code

_PLACE = 2
"""Where `compile` takes loss weights in Keras 3; in Keras 2 the metrics stood there."""


class LossWeightRefused(BuildFailure):
    """`compile` gets something as a weight of the loss that is no number.

    ## What it does
    Multiplies a loss by each weight that a model is compiled with, as its first training step does.

    ## Why it matters
    The third argument of `compile` was the list of metrics in Keras 2 and is `loss_weights` in Keras 3. Code of that
    time, `model.compile("adam", "mse", ["mae"])`, compiles without a word, and every trial fails in its first step
    with a message about types.

    ## Fix
    `metrics=["mae"]`, by its name.
    """

    code = "HS311"
    name = "loss-weight-refused"
    kinds = ("loss-weight",)
    stages = ("compile", "step")

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile='"adam", "mse", ["mae"]',
            data="x=(4,) y=(1,)",
            at='["mae"]',
            fixed='metrics=["mae"]',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile='optimizer="adam", loss="mse", loss_weights=["much"]',
            data="x=(4,) y=(1,)",
            at='["much"]',
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile='"adam", "mse", [0.5], ["mae"]',
            data="x=(4,) y=(1,)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        return f"A weight in `loss_weights`, which `compile` takes before `metrics`, is {error.details.get('weight')}, which is no number"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        found = [code.argument(call, "loss_weights", _PLACE) for call in compiles(target, code)]
        given = [each for each in found if each is not None]
        return code.span(given[0]) if len(given) == 1 else super().where(error, target, code)

    def lossless(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        for call in compiles(target, code):
            last = call.args[_PLACE] if len(call.args) == _PLACE + 1 else None
            named = {each.arg for each in call.keywords}
            if isinstance(last, (ast.List, ast.Tuple)) and not named & {None, "metrics"}:
                yield Fix("Give them as metrics", (Edit(code.span(last), f"metrics={code.source(last)}"),))
