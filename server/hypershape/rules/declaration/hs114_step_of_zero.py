"""HS114."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import label
from hypershape.source import Code, HpCall


class StepOfZero(Rule):
    """The step of a range is 0.

    ## What it does
    Finds `step=0` in `hp.Int` and `hp.Float`.

    ## Why it matters
    Keras Tuner accepts the declaration, and divides by zero when it draws the first value: `search` itself raises a
    ZeroDivisionError.

    ## Fix
    No step, or a positive one.
    """

    code = "HS114"
    name = "step-of-zero"
    severity = Severity.ERROR
    static = True
    refutable = False

    INVALID = (
        Example.layers(
            """
            units = hp.Int("units", 8, 64, step=0)
            model.add(layers.Dense(units))
            """,
            at="0",
            fixed='hp.Int("units", 8, 64)',
        ),
        Example.layers(
            """
            rate = hp.Float("rate", 0.0, 0.5, step=0.0)
            model.add(layers.Dropout(rate))
            """,
            at="0.0",
            fixed='hp.Float("rate", 0.0, 0.5)',
        ),
    )
    VALID = (
        Example.layers(
            """
            units = hp.Int("units", 8, 64, step=None)
            rate = hp.Float("rate", 0.0, 0.5)
            model.add(layers.Dropout(rate))
            model.add(layers.Dense(units))
            """,
        ),
        Example.layers(
            """
            STEP = 2
            units = hp.Int("units", 8, 64, step=STEP - 1)
            model.add(layers.Dense(units))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.hp_calls:
            node = call.arguments.get("step") if call.kind in ("Int", "Float") else None
            value = code.value(node, default=None) if node is not None else None
            if node is not None and type(value) in (int, float) and value == 0:
                yield self.finding(
                    f"The step of {label(call, code)} is 0: `search` divides by zero when it draws a value.",
                    code.span(node),
                    repairs=partial(_without_step, call, code),
                )


def _without_step(call: HpCall, code: Code) -> Iterator[Fix]:
    removed = edits.remove_argument(code.module, call.span, "step")
    if removed is not None:
        yield Fix("Draw without a step", (removed,))
