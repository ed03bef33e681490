"""HS402."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.directions import REFUSED
from hypershape.rules.common.objectives import reported_instead, undirected
from hypershape.rules.common.tuners import objective_edits, tuners
from hypershape.source import Code


class ObjectiveWithoutDirection(Rule):
    """Keras Tuner cannot tell whether an objective is to be minimised or maximised.

    ## What it does
    Finds objectives that are given as a string but are no metric or loss of Keras, as `"val_f1"` or `"val_auc_1"`.

    ## Why it matters
    The tuner's constructor raises a ValueError.

    ## Fix
    `keras_tuner.Objective("val_f1", "max")`.
    """

    code = "HS402"
    name = "objective-without-direction"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, objective="val_f1", max_trials=3)
            """,
            at='"val_f1"',
            fixed='kt.Objective("val_f1", "max")',
        ),
        Example(
            """
            from keras_tuner import Hyperband

            tuner = Hyperband(build_model, "val_rmse")
            """,
            at='"val_rmse"',
            fixed='keras_tuner.Objective("val_rmse", "min")',
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            a = kt.RandomSearch(build_model, "val_accuracy")
            b = kt.RandomSearch(build_model, kt.Objective("val_f1", "max"))
            c = kt.RandomSearch(build_model, objective="val_loss")
            d = kt.RandomSearch(build_model, objective="val_auc")
            e = kt.RandomSearch(build_model, objective=chosen)
            """
        ),
        Example.search(
            """
            first = kt.RandomSearch(build_model, objective="val_mean_absolute_error", max_trials=3, overwrite=True)
            second = kt.Hyperband(build_model, kt.Objective("val_custom", direction="max"), overwrite=True)
            """,
            compile='loss="mse", metrics=["mean_absolute_error", keras.metrics.MeanSquaredError(name="custom")]',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            given = undirected(tuner, code)
            if given is None or reported_instead(tuner, given[1], analysis, code):
                # In either direction nothing is sought where no trial reports it, which HS401 tells and repairs.
                continue
            node, objective, name = given
            why = "needs arguments that it cannot guess" if name in REFUSED else "is no metric of Keras"
            yield self.finding(
                f"Keras Tuner cannot tell whether {objective!r} is to be minimised or maximised: {name} {why}. No search begins.",
                code.span(node),
                repairs=partial(_directed, node, objective, code),
            )


def _directed(node: ast.expr, objective: str, code: Code) -> Iterator[Fix]:
    small = any(word in objective.lower() for word in ("loss", "error", "mse", "mae", "rmse", "mape"))
    for direction in ("min", "max") if small else ("max", "min"):
        verb = "Minimise" if direction == "min" else "Maximise"
        yield Fix(f"{verb} {objective}", objective_edits(node, objective, direction, code))
