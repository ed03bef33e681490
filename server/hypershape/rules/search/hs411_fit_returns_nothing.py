"""HS411."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.places import name_of, returns_nothing
from hypershape.rules.common.tuners import PARAMETERS
from hypershape.source import Code


class FitReturnsNothing(Rule):
    """`HyperModel.fit` or `Tuner.run_trial` returns nothing.

    ## What it does
    Finds these methods without any `return` of a value. A `run_trial` that reports to the oracle itself, with
    `update_trial` as in older versions, is left alone.

    ## Why it matters
    Keras Tuner reads the metrics from what they return, and ends the search with a FatalTypeError.

    ## Fix
    `return model.fit(…)`.
    """

    code = "HS411"
    name = "fit-returns-nothing"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.search(
            'tuner = kt.RandomSearch(Model(), "loss")',
            fit="""
            def fit(self, hp, model, *args, **kwargs):
                model.fit(*args, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)
            """,
            at="fit",
            fixed="return model.fit(*args",
        ),
        Example(
            """
            import keras_tuner as kt


            class Tuner(kt.BayesianOptimization):
                def run_trial(self, trial, *args, **kwargs):
                    kwargs["batch_size"] = trial.hyperparameters.Int("batch_size", 32, 256, step=32)
                    super().run_trial(trial, *args, **kwargs)
            """,
            at="run_trial",
            fixed="return super().run_trial(trial",
        ),
        Example(
            """
            import keras_tuner


            class Model(keras_tuner.HyperModel):
                def fit(self, hp, model, *args, **kwargs):
                    history = model.fit(*args, **kwargs)
                    print(history.history["loss"])
            """,
            at="fit",
            fixed='print(history.history["loss"])\n        return history',
        ),
    )
    VALID = (
        Example.search(
            """
            class Abstract(kt.HyperModel):
                def fit(self, hp, model, *args, **kwargs):
                    raise NotImplementedError


            class Batches(kt.RandomSearch):
                def run_trial(self, trial, *args, **kwargs):
                    kwargs["batch_size"] = trial.hyperparameters.Int("batch_size", 32, 256, step=32)
                    return super().run_trial(trial, *args, **kwargs)
            """,
            fit="""
            def fit(self, hp, model, *args, **kwargs):
                return model.fit(*args, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)
            """,
        ),
        Example(
            """
            import keras_tuner as kt


            class Tuner(kt.Tuner):
                def run_trial(self, trial, x, y):
                    model = self.hypermodel.build(trial.hyperparameters)
                    history = model.fit(x, y, verbose=0)
                    self.oracle.update_trial(trial.trial_id, {"loss": history.history["loss"][-1]})


            class Estimator:
                def fit(self, x, y):
                    self.mean = y.mean()

                def run_trial(self, trial):
                    self.trial = trial
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for node in code.classes:
            bases = {code.imported(base) or "" for base in node.bases}
            method = _judged(bases, node)
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name == method and returns_nothing(each):
                    yield self.finding(
                        f"{each.name} returns nothing, so Keras Tuner has no metrics: the search ends at once, "
                        "with a FatalTypeError.",
                        name_of(each, code),
                        repairs=partial(_returning, each, code),
                    )


def _returning(method: ast.FunctionDef, code: Code) -> Iterator[Fix]:
    """What `fit` returned or, where no variable holds it, what the last statement calls."""
    last, returned = method.body[-1], _history(method)
    added = edits.insert_after(code.module, code.span(last), [f"return {returned}"]) if returned else None
    if added is not None:
        yield Fix(f"Return {returned}", (added,))
    elif isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        yield Fix("Return what it computes last", (Edit(code.span(last).start, "return "),))


def _judged(bases: set[str], made: ast.ClassDef) -> str | None:
    """The method of a class that has to return the metrics."""
    if "keras_tuner.HyperModel" in bases:
        return "fit"
    if bases.isdisjoint(f"keras_tuner.{name}" for name in ("Tuner", *PARAMETERS)):
        return None
    tells = any(isinstance(each, ast.Attribute) and each.attr == "update_trial" for each in ast.walk(made))
    return None if tells else "run_trial"


def _history(method: ast.FunctionDef) -> str | None:
    """The variable that holds what `fit` returned."""
    found = [
        each.targets[0].id
        for each in method.body
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and isinstance(each.value, ast.Call)
        and isinstance(each.value.func, ast.Attribute)
        and each.value.func.attr == "fit"
    ]
    return found[0] if len(found) == 1 else None
