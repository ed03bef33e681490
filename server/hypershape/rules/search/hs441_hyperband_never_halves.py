"""HS441."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.counted import counted, sizes
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.source import Code


class HyperbandNeverHalves(Rule):
    """The search space is smaller than the first bracket of Hyperband.

    ## What it does
    Compares the number of configurations with the number of trials that Hyperband wants to compare before it halves.

    ## Why it matters
    Hyperband first gives many configurations a few epochs each, then trains the better ones longer. It begins with
    halving only when the first round is full. Where there are not enough configurations for that, every
    configuration gets the few epochs of the first round and the search ends: nothing is ever trained longer.

    ## Fix
    Use GridSearch or RandomSearch for a space as small as this; or a smaller `max_epochs`.
    """

    code = "HS441"
    name = "hyperband-never-halves"
    severity = Severity.WARNING

    INVALID = (
        Example.search(
            """
            tuner = kt.Hyperband(build_model, "loss", max_epochs=9, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """,
            at="kt.Hyperband",
            fixed='kt.GridSearch(build_model, "loss", overwrite=True)',
        ),
        Example.search(
            """
            tuner = kt.Hyperband(build_model, "loss", max_epochs=9, factor=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """,
            at="kt.Hyperband",
            fixed='kt.GridSearch(build_model, "loss", overwrite=True)',
        ),
    )
    VALID = (
        Example.search(
            """
            tuner = kt.Hyperband(build_model, "loss", max_epochs=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """
        ),
        Example.search(
            """
            tuner = kt.Hyperband(build_model, "loss", max_epochs=9, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """,
            compile='keras.optimizers.SGD(hp.Float("rate", 1e-4, 1e-1, sampling="log")), loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            first = _first_round(tuner, code)
            target = counted(tuner, analysis) if first is not None else None
            if first is None or target is None:
                continue
            (trials, epochs), (_, values) = first, sizes(target)
            if values is None or values >= trials:
                continue
            yield self.finding(
                f"Hyperband compares {trials} configurations before it trains any of them longer, and the search "
                f"space has only {values:,}: each gets {epochs} epoch{'s' * (epochs > 1)}, and the search ends.",
                code.span(tuner.node.func),
                target=target.target.name,
                repairs=partial(_all_of_them, tuner, code),
            )


def _first_round(tuner: Tuner, code: Code) -> tuple[int, int] | None:
    """How many trials the first round of the first bracket has, and the epochs of each; None where nothing is halved.

    As `keras_tuner.oracles.HyperbandOracle` computes them (keras-tuner 1.4).
    """
    if tuner.found.class_name != "Hyperband" or not tuner.complete:
        return None
    numbers = []
    for name, position, default in (("max_epochs", 2, 100), ("factor", 3, 3)):
        node = code.argument(tuner.node, name, position)
        numbers.append(code.value(node, default=None) if node is not None else default)
    most, factor = numbers
    if type(most) is not int or type(factor) is not int or most < 1 or factor < 2:
        return None
    bracket, left = -1, float(most)
    while left >= 1:
        left, bracket = left / factor, bracket + 1
    if not bracket:
        return None
    last = math.ceil(1 + math.log(most, factor)) / (bracket + 1)
    return math.ceil(last * factor**bracket), math.ceil(most / factor**bracket)


def _all_of_them(tuner: Tuner, code: Code) -> Iterator[Fix]:
    """A grid search; what only Hyperband takes goes."""
    module = code.module
    names = {each.arg for each in tuner.keywords if each.arg is not None}
    unknown = [each for each in ("max_epochs", "factor", "hyperband_iterations") if each in names]
    if len(tuner.node.args) > 2:
        return
    span = code.span(tuner.node.func)
    package = code.source(tuner.node.func).rpartition(".")[0]
    gone = edits.remove_arguments(module, code.span(tuner.node), unknown)
    if package and gone is not None:
        yield Fix("Try all configurations with GridSearch", (Edit(span, f"{package}.GridSearch"), *gone))
