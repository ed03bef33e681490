"""HS414."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.arguments import without
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.source import Code

_SWITCHES = ("tune_new_entries", "allow_new_entries")


class NewEntriesRefused(Rule):
    """A tuner may not tune what the build function declares, and nothing else is declared.

    ## What it does
    Finds `tune_new_entries=False` and `allow_new_entries=False` without `hyperparameters=`.

    ## Why it matters
    The tuner's constructor raises a ValueError: there would be nothing to search.

    ## Fix
    Pass `hyperparameters=` with the declarations to tune, or leave the switch out.
    """

    code = "HS414"
    name = "new-entries-refused"
    severity = Severity.ERROR
    static = True

    INVALID = tuple(
        Example(
            f"""
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, {switch}=False)
            """,
            at=f"{switch}=False",
            fixed='kt.RandomSearch(build_model, "val_loss", max_trials=3)',
        )
        for switch in _SWITCHES
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            hp = kt.HyperParameters()
            hp.Choice("learning_rate", [1e-2, 1e-3])
            first = kt.RandomSearch(build_model, "val_loss", hyperparameters=hp, tune_new_entries=False)
            second = kt.RandomSearch(build_model, "val_loss", tune_new_entries=True, allow_new_entries=True)
            third = kt.RandomSearch(build_model, "val_loss", allow_new_entries=False, **options)
            """
        ),
        Example.search(
            'tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True, tune_new_entries=True)'
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            for switch in _refused(tuner, code):
                yield self.finding(
                    f"{switch.arg}=False needs `hyperparameters=`: without them no search begins.",
                    code.span(switch),
                    repairs=partial(without, tuner.node, switch.arg or "", f"Remove {switch.arg}", code),
                )


def _refused(tuner: Tuner, code: Code) -> list[ast.keyword]:
    if not tuner.complete or tuner.gives("hyperparameters"):
        return []
    if len(tuner.node.args) > 2:
        return []
    return [
        each
        for each in tuner.keywords
        if each.arg in _SWITCHES and code.value(each.value, default=None) is False
    ]
