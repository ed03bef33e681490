"""HS406."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.arguments import renamed_or_removed
from hypershape.rules.common.tuners import PARAMETERS, WITH_AN_ORACLE, Tuner, tuners, tuners_with_oracles
from hypershape.rules.common.wording import listed
from hypershape.source import Code

_OF_ORACLES = {name for names in PARAMETERS.values() for name in names} - {*WITH_AN_ORACLE}


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
        Example(
            """
            import keras_tuner as kt

            oracle = kt.oracles.RandomSearchOracle("val_loss", max_trials=3)
            tuner = kt.Tuner(oracle, build_model, max_trials=3)
            """,
            at="max_trials=3",
            fixed="kt.Tuner(oracle, build_model)",
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
            e = kt.Tuner(oracle, build_model, max_model_size=100, executions_per_trial=2, directory="runs")
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
            name = tuner.found.class_name
            yield from self._unknown(tuner, name, PARAMETERS.get(name, ()), code)
        for tuner in tuners_with_oracles(analysis, code):
            yield from self._unknown(tuner, "Tuner", WITH_AN_ORACLE, code)

    def _unknown(self, tuner: Tuner, name: str, known: Sequence[str], code: Code) -> Iterator[Finding]:
        for each in tuner.keywords if known else ():
            if each.arg is None or each.arg in known:
                continue
            own = [one for one in known[:4] if one not in ("hypermodel", "objective", "seed")]
            elsewhere = name == "Tuner" and each.arg in _OF_ORACLES
            takes = "its oracle may" if elsewhere else f"it takes {listed(own)}"
            yield self.finding(
                f"{name} takes no {each.arg} ({takes}): no search begins.",
                code.span(each),
                repairs=partial(renamed_or_removed, tuner.node, each.arg, known, 0.85, code),
            )
