"""HS403."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.directions import BETTER_WHEN_GREATER, metric_of, own_metrics, surely
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.tuners import (
    Tuner,
    direction_of,
    given_as_text,
    objective_edits,
    objective_of,
    tuners,
    tuners_with_oracles,
)
from hypershape.source import Code


class ObjectiveMinimised(Rule):
    """An objective is sought in the wrong direction: one that is better when it is greater is minimised, or an error maximised.

    ## What it does
    Finds objectives such as `"val_f1_score"`, given as a string, that Keras Tuner does not count among the metrics
    to maximise, and objectives whose written direction asks for the worst values of a metric of Keras.

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
        Example(
            """
            import keras_tuner as kt

            goal = kt.Objective(name="val_mae", direction="max")
            tuner = kt.BayesianOptimization(build_model, objective=goal, max_trials=3)
            """,
            at='"max"',
            fixed='kt.Objective(name="val_mae", direction="min")',
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, objective=kt.Objective("val_f1_score", "max"), max_trials=3)
            """
        ),
        Example(
            """
            import keras
            import keras_tuner as kt


            def distance_loss(y, prediction):
                return keras.ops.mean(-keras.ops.abs(y - prediction))


            first = kt.RandomSearch(build_model, kt.Objective("val_distance_loss", "max"), max_trials=3)
            second = kt.RandomSearch(build_model, kt.Objective("val_mean", "max"), max_trials=3)
            third = kt.RandomSearch(build_model, kt.Objective("val_cosine_similarity", "min"), max_trials=3)
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
        own = own_metrics(code)
        for tuner in (*tuners(analysis, code), *tuners_with_oracles(analysis, code)):
            yield from self._written_backwards(tuner, own, code)

    def _written_backwards(self, tuner: Tuner, own: Collection[str], code: Code) -> Iterator[Finding]:
        direction, sought = direction_of(tuner, code), objective_of(tuner, code)
        name = code.value(sought, default=None) if direction is not None and sought is not None else None
        better = surely(name, own) if isinstance(name, str) else None
        if direction is not None and better not in (None, direction.value):
            least = "smaller" if better == "min" else "greater"
            yield self.finding(
                f"A {least} {name} is the better one, but the objective says {direction.value!r}: the search prefers "
                "the worst models.",
                code.span(direction),
                repairs=partial(_turned, direction, str(better), code),
            )


def _turned(direction: ast.Constant, better: str, code: Code) -> Iterator[Fix]:
    edit = Edit(code.span(direction), requoted(code.source(direction), better))
    yield Fix(f"Seek the {'smallest' if better == 'min' else 'greatest'}", (edit,))


def _maximised(node: ast.expr, objective: str, code: Code) -> Iterator[Fix]:
    yield Fix(f"Maximise {objective}", objective_edits(node, objective, "max", code))
