"""HS452."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import derives_from_tuner
from hypershape.source import Code

_ENDS = ("on_trial_end", "end_trial")


class TrialNeverEnded(Rule):
    """A tuner's subclass overrides `on_trial_end` and does not call that of its base.

    ## What it does
    Finds such methods in classes that derive from Keras Tuner's tuners and that nowhere ask the oracle to end a trial.

    ## Why it matters
    `Tuner.on_trial_end` tells the oracle that a trial is over. Without it the oracle gives the tuner the same trial
    again: the search trains one configuration over and over and never ends.

    ## Fix
    `super().on_trial_end(trial)` first.
    """

    code = "HS452"
    name = "trial-never-ended"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.search(
            """
            class Told(kt.RandomSearch):
                def on_trial_end(self, trial):
                    print(trial.trial_id, trial.score)


            tuner = Told(build_model, "loss", max_trials=2, overwrite=True)
            """,
            at="on_trial_end",
            fixed="super().on_trial_end(trial)",
        ),
    )
    VALID = (
        Example.search(
            """
            class Told(kt.RandomSearch):
                def on_trial_end(self, trial):
                    super().on_trial_end(trial)
                    print(trial.trial_id, trial.score)


            tuner = Told(build_model, "loss", max_trials=2, overwrite=True)
            """
        ),
        Example.search(
            """
            class Told(kt.RandomSearch):
                def on_trial_end(self, trial):
                    self.oracle.end_trial(trial)


            tuner = Told(build_model, "loss", max_trials=2, overwrite=True)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for made in code.classes:
            methods = {each.name: each for each in made.body if isinstance(each, ast.FunctionDef)}
            method = methods.get("on_trial_end")
            if method is None or not derives_from_tuner(made, code) or _ends_trials(made):
                continue
            if {"search", "__getattr__", "__getattribute__"} & set(methods):
                continue
            yield self.finding(
                f"`{made.name}.on_trial_end` does not call that of its base, which tells the oracle that a trial is "
                "over: the first trial is run again and again, and the search never ends.",
                code.text.name_span(code.path, method),
                repairs=partial(_call_base, method, code),
            )


def _ends_trials(made: ast.ClassDef) -> bool:
    """Whether anything in a class asks for the end of a trial, on whatever object."""
    return any(isinstance(node, ast.Attribute) and node.attr in _ENDS for node in ast.walk(made))


def _call_base(method: ast.FunctionDef, code: Code) -> Iterator[Fix]:
    parameters = [each.arg for each in method.args.args]
    if len(parameters) == 2:
        edit = edits.begin_with(code.module, method, (f"super().on_trial_end({parameters[1]})",))
        if edit is not None:
            yield Fix("Call the method of the base first", (edit,))
