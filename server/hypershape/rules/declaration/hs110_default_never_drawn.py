"""HS110."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from hypershape.fixes.tighten import replace_value
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import label
from hypershape.source import Code, HpCall
from hypershape.space import domains


class DefaultNeverDrawn(Rule):
    """The default of an Int or a Float is none of the values that are drawn.

    ## What it does
    Compares `default` with the minimum, the maximum and the step.

    ## Why it matters
    Keras Tuner accepts it: the tuner's constructor builds the model with a value that no trial ever draws, and
    searches that start from the defaults try it.

    ## Fix
    A default among the values that are drawn.
    """

    code = "HS110"
    name = "default-never-drawn"
    severity = Severity.HINT
    static = True

    INVALID = (
        Example(
            """
            def build_model(hp):
                return hp.Int("kernel", 3, 9, default=50)
            """,
            at="50",
            fixed="default=9",
        ),
        Example(
            """
            def build_model(hp):
                return hp.Int("kernel", 3, 9, step=2, default=4)
            """,
            at="4",
            fixed="default=3",
        ),
        Example(
            """
            def build_model(hp):
                return hp.Float("rate", min_value=0.0, max_value=0.5, step=0.25, default=0.3)
            """,
            at="0.3",
            fixed="default=0.25",
        ),
        Example(
            """
            SMALLEST, LARGEST = 16, 64
            START = 8

            def build_model(hp):
                return hp.Int("units", 16, 64, default=START)
            """,
            at="START",
            fixed="START = 16",
        ),
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                return hp.Int("kernel", 3, 9, default=3), hp.Float("rate", 0.0, 1.0, default=0.25)
            """
        ),
        Example(
            """
            def build_model(hp):
                rate = hp.Float("rate", 0.1, 0.9, step=0.1, default=0.3)
                units = hp.Int("units", 16, 128, step=16, default=112)
                power = hp.Int("power", 1, 64, step=2, sampling="log", default=8)
                return rate, units, power
            """
        ),
        Example(
            """
            def build_model(hp):
                return hp.Int("units", 16, 64, default=None), hp.Float("rate", 1e-4, 1e-1, sampling="log", default=3e-3)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.hp_calls:
            found = _outside(call, code)
            if found is not None:
                default, nearest = found
                yield self.finding(
                    f"The default of {label(call, code)}, {default!r}, is never drawn (nearest: "
                    f"{domains.text(nearest)}).",
                    code.span(call.arguments["default"]),
                    repairs=partial(_moved, call, nearest, code),
                )


def _moved(call: HpCall, nearest: float, code: Code) -> Iterator[Fix]:
    edit = replace_value(call, "default", domains.text(nearest), code)
    if edit is not None:
        yield Fix(f"Default to {domains.text(nearest)}", (edit,))


def _outside(call: HpCall, code: Code) -> tuple[float, float] | None:
    """A default outside the range and the nearest value inside, where all are written as literals."""
    if call.kind not in ("Int", "Float") or not {"min_value", "max_value", "default"} <= set(call.arguments):
        return None
    low, high, default = (
        code.value(call.arguments[name], default=None) for name in ("min_value", "max_value", "default")
    )
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or low > high:
        return None
    if isinstance(default, bool) or not isinstance(default, (int, float)):
        return None
    if not low <= default <= high:
        return default, low if default < low else high
    values = _grid(call, low, high, code)
    if not values:
        return None
    nearest = min(values, key=lambda value: abs(value - default))
    return None if math.isclose(nearest, default, rel_tol=1e-6, abs_tol=1e-9) else (default, nearest)


def _grid(call: HpCall, low: float, high: float, code: Code) -> Sequence[float]:
    """The values of an Int, or of a Float with a linear step; empty where they are not known."""
    step, sampling = (
        code.value(call.arguments[name], default="?") if name in call.arguments else None
        for name in ("step", "sampling")
    )
    if sampling not in (None, "linear") or not (step is None or isinstance(step, (int, float))):
        return ()
    return domains.drawn(call.kind, low, high, step) or ()
