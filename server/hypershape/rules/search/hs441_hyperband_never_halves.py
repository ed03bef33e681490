"""HS441."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.halving import on_few
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
            small = on_few(tuner, analysis)
            if small is None:
                continue
            trials, epochs, values, target = small
            yield self.finding(
                f"Hyperband compares {trials} configurations before it trains any of them longer, and the search "
                f"space has only {values:,}: each gets {epochs} epoch{'s' * (epochs > 1)}, and the search ends.",
                code.span(tuner.node.func),
                target=target.target.name,
                repairs=partial(_all_of_them, tuner, code),
            )


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
