"""HS425."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.source import Code

_LEAST = {"factor": 2, "executions_per_trial": 1}


class NumberTooSmall(Rule):
    """A number given to a tuner is too small for it to search at all.

    ## What it does
    Finds `Hyperband(factor=1)` and `executions_per_trial=0`.

    ## Why it matters
    Hyperband keeps one of `factor` models after each round and refuses a factor below 2 with a ValueError. Without
    an execution no model is trained, and every trial fails.

    ## Fix
    The smallest number that works; 3 is Hyperband's own default.
    """

    code = "HS425"
    name = "number-too-small"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            tuner = kt.Hyperband(build_model, "val_loss", max_epochs=9, factor=1, overwrite=True)
            """,
            at="factor=1",
            fixed="factor=3",
        ),
        Example(
            """
            import keras_tuner as kt

            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=9, executions_per_trial=0, overwrite=True)
            """,
            at="executions_per_trial=0",
            fixed="executions_per_trial=1",
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            first = kt.Hyperband(build_model, "val_loss", max_epochs=9, factor=2, executions_per_trial=1)
            second = kt.Hyperband(build_model, "val_loss", max_epochs=9, factor=FACTOR)
            third = Scaler(factor=0)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for tuner in tuners(analysis, code):
            for switch, least in _too_small(tuner, code):
                what = (
                    f"Hyperband refuses a factor below {least}: no search begins."
                    if switch.arg == "factor"
                    else "Without an execution no model is trained: every trial of this search fails."
                )
                yield self.finding(what, code.span(switch), repairs=partial(_works, switch, least, code))


def _works(switch: ast.keyword, least: int, code: Code) -> Iterator[Fix]:
    text = f"{switch.arg}={3 if switch.arg == 'factor' else least}"
    yield Fix(f"Set {text}", (Edit(code.span(switch), text),))


def _too_small(tuner: Tuner, code: Code) -> Iterator[tuple[ast.keyword, int]]:
    for switch in tuner.keywords:
        least = _LEAST.get(switch.arg or "")
        value = code.value(switch.value, default=None) if least is not None else None
        is_meant = switch.arg != "factor" or tuner.found.class_name == "Hyperband"
        if least is not None and is_meant and type(value) is int and value < least:
            yield switch, least
