"""HS403."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.directions import BETTER_WHEN_GREATER, metric_of
from hypershape.rules.common.tuners import given_as_text, objective_edits, tuners
from hypershape.source import Code


class ObjectiveMinimised(Rule):
    """An objective that is better when it is greater is minimised.

    ## What it does
    Finds objectives such as `"val_f1_score"`, given as a string, that Keras Tuner does not count among the metrics
    to maximise.

    ## Why it matters
    The search says nothing and returns the worst model: of the scores 0.1, 0.9 and 0.5 the best is 0.1.

    ## Fix
    `keras_tuner.Objective("val_f1_score", "max")`.
    """

    code = "HS403"
    name = "objective-minimised"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, objective="val_f1_score", max_trials=3)
            """,
            at='"val_f1_score"',
            fixed='kt.Objective("val_f1_score", "max")',
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, objective=kt.Objective("val_f1_score", "max"), max_trials=3)
            """
        ),
        Example.search(
            """
            first = kt.RandomSearch(build_model, "val_precision", max_trials=3, overwrite=True)
            second = kt.RandomSearch(build_model, "val_auc", max_trials=3, overwrite=True)
            """,
            compile='loss="mse", metrics=[keras.metrics.Precision(), keras.metrics.AUC()]',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            given = given_as_text(tuner, code)
            if given is not None and metric_of(given[1]) in BETTER_WHEN_GREATER:
                yield self.finding(
                    f"Keras Tuner minimises {given[1]!r}: only an Objective with a direction maximises it.",
                    code.span(given[0]),
                    repairs=partial(_maximised, *given, code),
                )


def _maximised(node: ast.expr, objective: str, code: Code) -> Iterator[Fix]:
    yield Fix(f"Maximise {objective}", objective_edits(node, objective, "max", code))
