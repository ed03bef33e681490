"""HS413."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import Tuner, targets_of, trains_itself, tuners, validates
from hypershape.source import Code


class ObjectiveMissing(Rule):
    """A tuner has no objective, although its trials report several metrics.

    ## What it does
    Finds tuners without `objective` whose build function leaves the training to Keras Tuner.

    ## Why it matters
    Without an objective the training must return a single number. Keras Tuner's own returns a History: the search
    ends after the first trial with a FatalTypeError.

    ## Fix
    Name the metric to optimise: `objective="val_loss"`.
    """

    code = "HS413"
    name = "objective-missing"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.5)
            """,
            at="kt.RandomSearch",
            fixed='overwrite=True, objective="val_loss")',
        ),
        Example.search(
            """
            tuner = Hyperband(build_model, objective=None, max_epochs=4)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """,
            before="from keras_tuner.tuners import Hyperband",
            at="Hyperband",
            fixed='objective="loss"',
        ),
    )
    VALID = (
        Example.search(
            "tuner = kt.RandomSearch(Model(), max_trials=3, overwrite=True)",
            fit="""
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, **kwargs).history["loss"][-1]
            """,
        ),
        Example(
            """
            import keras_tuner as kt

            options = {"objective": "val_loss", "max_trials": 3}
            first = kt.RandomSearch(build_model, **options)
            second = kt.RandomSearch(build_model, "val_loss")
            third = kt.RandomSearch(elsewhere)


            class Own(kt.RandomSearch):
                def run_trial(self, trial, x):
                    return trial.hyperparameters.Float("x", 0.0, 1.0) ** 2


            fourth = Own(max_trials=3)
            """
        ),
        Example(
            """
            import keras_tuner as kt


            def build_model(hp):
                return kt.applications.HyperResNet(input_shape=(32, 32, 3), classes=10).build(hp)


            tuner = kt.RandomSearch(hypermodel=build_model, objective=kt.Objective("val_f1", "max"))
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            given = code.argument(tuner.node, "objective", 1)
            none = isinstance(given, ast.Constant) and given.value is None
            if not tuner.complete or not (given is None or none) or trains_itself(tuner, analysis, code):
                continue
            yield self.finding(
                "This tuner has no objective: its search ends with a FatalTypeError after the first trial.",
                tuner.found.call.callee,
                target=targets_of(tuner, analysis)[0].name,
                repairs=partial(_minimising, tuner, code),
            )


def _minimising(tuner: Tuner, code: Code) -> Iterator[Fix]:
    for name in ["val_loss", "loss"] if validates(tuner) or not tuner.searches else ["loss"]:
        edit = edits.set_argument(code.module, code.span(tuner.node), "objective", f'"{name}"', 1)
        if edit is not None:
            yield Fix(f"Minimise {name}", (edit,))
