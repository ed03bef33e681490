"""HS406."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.arguments import renamed_or_removed
from hypershape.rules.common.tuners import PARAMETERS, tuners
from hypershape.rules.common.wording import listed


class UnknownTunerArgument(Rule):
    """A tuner is given an argument that it does not take.

    ## What it does
    Compares the arguments of Keras Tuner's own tuners with those that they take.

    ## Why it matters
    The constructor raises a ValueError: "Unrecognized arguments". `Hyperband` takes `max_epochs`, not `max_trials`.

    ## Fix
    Rename or remove the argument.
    """

    code = "HS406"
    name = "unknown-tuner-argument"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.Hyperband(build_model, "val_loss", max_trials=3)
            """,
            at="max_trials=3",
            fixed='kt.Hyperband(build_model, "val_loss")',
        ),
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trial=3)
            """,
            at="max_trial=3",
            fixed="max_trials=3",
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            a = kt.Hyperband(build_model, "val_loss", max_epochs=3, factor=2)
            b = kt.BayesianOptimization(build_model, "val_loss", max_trials=3, beta=2.0, seed=1)
            c = kt.RandomSearch(build_model, "val_loss", 3, executions_per_trial=2, max_retries_per_trial=1)
            d = kt.GridSearch(build_model, "val_loss", overwrite=True, max_consecutive_failed_trials=8)
            """
        ),
        Example.search(
            """
            class Own(kt.RandomSearch):
                def __init__(self, *args, patience, **kwargs):
                    super().__init__(*args, **kwargs)
                    self.patience = patience


            tuner = Own(build_model, "val_loss", max_trials=3, patience=2, overwrite=True)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            known = PARAMETERS.get(tuner.found.class_name, ())
            for each in tuner.keywords if known else ():
                if each.arg is None or each.arg in known:
                    continue
                own = [name for name in known[:4] if name not in ("hypermodel", "objective", "seed")]
                yield self.finding(
                    f"{tuner.found.class_name} takes no {each.arg} (it takes {listed(own)}): no search begins.",
                    code.span(each),
                    repairs=partial(renamed_or_removed, tuner.node, each.arg, known, 0.85, code),
                )
