"""HS448."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.places import name_of

_TOLD = ("tuner/epochs", "tuner/initial_epoch")


class EpochsNotRead(Rule):
    """The `run_trial` of a Hyperband never asks how many epochs its trial gets.

    ## What it does
    Finds classes that derive from Hyperband and replace `run_trial` without calling the one they replace and without
    reading `tuner/epochs`.

    ## Why it matters
    Hyperband gives each trial its epochs in the hyperparameter `tuner/epochs`, and its own `run_trial` hands them to
    `fit`. One that trains every trial alike makes halving meaningless: the better half of a round is trained again
    for as long as before.

    ## Fix
    `epochs=trial.hyperparameters.get("tuner/epochs")`, with `initial_epoch` from `tuner/initial_epoch`, or a
    RandomSearch.
    """

    code = "HS448"
    name = "epochs-not-read"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt


            class Own(kt.Hyperband):
                def run_trial(self, trial, x, y):
                    model = self.hypermodel.build(trial.hyperparameters)
                    return model.fit(x, y, epochs=5)
            """,
            at="run_trial",
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt


            class Own(kt.Hyperband):
                def run_trial(self, trial, x, y):
                    model = self.hypermodel.build(trial.hyperparameters)
                    return model.fit(x, y, epochs=trial.hyperparameters.get("tuner/epochs"))


            class Batches(kt.Hyperband):
                def run_trial(self, trial, *args, **kwargs):
                    kwargs["batch_size"] = trial.hyperparameters.Choice("batch_size", [16, 32])
                    return super().run_trial(trial, *args, **kwargs)


            class Random(kt.RandomSearch):
                def run_trial(self, trial, x, y):
                    return self.hypermodel.build(trial.hyperparameters).fit(x, y, epochs=5)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for made in code.classes:
            if not any(code.imported(base) == "keras_tuner.Hyperband" for base in made.bases):
                continue
            for method in made.body:
                if isinstance(method, ast.FunctionDef) and method.name == "run_trial" and not _asks(made):
                    yield self.finding(
                        "Hyperband tells each trial its epochs in `tuner/epochs`, and this run_trial does not read "
                        "them: every trial is trained alike, and halving gains nothing.",
                        name_of(method, code),
                    )


def _asks(made: ast.ClassDef) -> bool:
    """Whether a class reads what Hyperband tells a trial, or leaves that to Hyperband's own `run_trial`."""
    return any(
        (isinstance(node, ast.Constant) and node.value in _TOLD)
        or (isinstance(node, ast.Attribute) and node.attr == "run_trial")
        # Whatever is handed on as a whole may be read anywhere.
        or (isinstance(node, ast.Attribute) and node.attr == "values")
        for node in ast.walk(made)
    )
