"""HS103."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

from hypershape.fixes.tighten import replace_value
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import label
from hypershape.source import Code, HpCall
from hypershape.space import domains

MARGIN = 0.2
"""A Float's maximum that exceeds the last value by less than this part of a step was meant to include that value."""


class MaximumNeverDrawn(Rule):
    """The step never reaches the maximum, so that the maximum is never drawn.

    ## What it does
    Computes the values that Keras Tuner draws from `hp.Int` and `hp.Float` with a step, by its own arithmetic. A
    Float's steps are counted by floor division, which loses the last one whenever rounding leaves the quotient just
    under a whole number: `hp.Float("rate", 0, 0.5, step=0.1)` draws 0, 0.1, 0.2, 0.3 and 0.4.

    ## Why it matters
    The search says nothing; the largest value that was meant is simply never tried.

    ## Fix
    Raise the maximum a little so that it is drawn, or lower it to the last value that is.
    """

    code = "HS103"
    name = "maximum-never-drawn"
    severity = Severity.INFO
    static = True

    INVALID = (
        Example(
            """
            def build_model(hp):
                kernel = hp.Int("kernel", 3, 10, step=2)
            """,
            at="10",
            fixed='hp.Int("kernel", 3, 9, step=2)',
        ),
        Example(
            """
            def build_model(hp):
                rate = hp.Float("rate", min_value=0, max_value=0.5, step=0.1)
            """,
            at="0.5",
            fixed="max_value=0.51",
        ),
        Example(
            """
            def build_model(hp):
                decay = hp.Float("beta_2", 0.9, 0.999, step=0.01)
            """,
            at="0.999",
            fixed='hp.Float("beta_2", 0.9, 0.991, step=0.01)',
        ),
        Example(
            """
            STEP = 32

            def build_model(hp):
                units = hp.Int("units", 16, 512, step=STEP)
            """,
            at="512",
            fixed='hp.Int("units", 16, 496, step=STEP)',
        ),
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                kernel = hp.Int("kernel", 3, 9, step=2)
                rate = hp.Float("rate", 0.1, 0.5, step=0.1)
                units = hp.Int("units", 2, 32, step=2, sampling="log")
                free = hp.Float("free", 0.0, 0.5)
                return kernel, rate, units, free
            """
        ),
        Example.layers(
            """
            rate = hp.Float("rate", 0, 0.51, step=0.1)
            model.add(layers.Dropout(rate))
            """,
        ),
        Example.layers(
            """
            units = hp.Int("units", 32, 512, step=32)
            kernel = hp.Int("kernel", 1, 7, 2)
            model.add(layers.Conv1D(units, kernel))
            """,
            input="(9, 2)",
        ),
        Example.layers(
            'rate = hp.Float("rate", 1e-4, 1e-1, step=10, sampling="log")',
            compile='keras.optimizers.SGD(rate), loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.hp_calls:
            numbers = _numbers(call, code)
            if numbers is None:
                continue
            values = domains.drawn(call.kind, *numbers)
            maximum = numbers[1]
            if values is None or domains.reaches(values, maximum) or _margin(call, numbers, values):
                continue
            shown = [domains.text(value) for value in values]
            drawn = ", ".join(shown if len(shown) <= 8 else [*shown[:3], "…", shown[-1]])
            lost = call.kind == "Float" and _lost_by_rounding(numbers)
            why = "floating-point rounding loses the last step" if lost else f"the last value is {shown[-1]}"
            yield self.finding(
                f"{domains.text(maximum)} is never drawn for {label(call, code)}: {why} ({drawn}).",
                code.span(call.arguments["max_value"]),
                repairs=partial(_repairs, call, numbers, code),
            )


_Numbers = tuple[float, float, float | None, str | None]


def _numbers(call: HpCall, code: Code) -> _Numbers | None:
    """Minimum, maximum, step and sampling where all are written as literals or constants."""
    if call.kind not in ("Int", "Float") or not call.complete or "step" not in call.arguments:
        return None
    names: tuple[Literal["min_value", "max_value", "step"], ...] = ("min_value", "max_value", "step")
    found = [
        code.value(call.arguments[name], default=None) if name in call.arguments else None for name in names
    ]
    low, high, step = (each if isinstance(each, (int, float)) else None for each in found)
    if low is None or high is None or step is None:
        return None
    if call.kind == "Int" and not all(float(each).is_integer() for each in (low, high, step)):
        return None
    sampling = (
        code.value(call.arguments["sampling"], default="?") if "sampling" in call.arguments else "linear"
    )
    if sampling is not None and not isinstance(sampling, str):
        return None
    return low, high, step, sampling


def _margin(call: HpCall, numbers: _Numbers, values: Sequence[float]) -> bool:
    """Whether a Float's maximum exceeds the last value just by a margin against rounding, as in 0.51 for 0.5."""
    _, high, step, sampling = numbers
    linear = call.kind == "Float" and sampling in (None, "linear") and step
    return bool(linear) and 0 < high - max(values) < MARGIN * (step or 0)


def _lost_by_rounding(numbers: _Numbers) -> bool:
    """Whether the maximum is a whole number of steps away in decimal arithmetic."""
    low, high, step, sampling = numbers
    if not step or sampling not in (None, "linear"):
        return False
    steps = (high - low) / step
    return abs(steps - round(steps)) < 1e-6


def _repairs(call: HpCall, numbers: _Numbers, code: Code) -> Iterator[Fix]:
    ways = [_lower, _raise]
    if call.kind == "Float" and _lost_by_rounding(numbers):
        ways.reverse()
    for way in ways:
        found = way(call, numbers)
        edit = replace_value(call, "max_value", domains.text(found[0]), code) if found else None
        if found is not None and edit is not None:
            yield Fix(found[1], (edit,))


def _lower(call: HpCall, numbers: _Numbers) -> tuple[float, str] | None:
    """The last value drawn as the maximum, with a margin where it would be lost to rounding."""
    low, high, step, sampling = numbers
    values = domains.drawn(call.kind, *numbers)
    last = values[-1] if values else None
    if last is None or sampling == "reverse_log":
        return None
    if call.kind == "Float":
        last = float(domains.text(float(last)))
    after = domains.drawn(call.kind, low, last, step, sampling)
    if after is not None and domains.reaches(after, last):
        return last, f"Lower the maximum to {domains.text(last)}, the last value that is drawn"
    margin = float(domains.text(last + (step or 0) * MARGIN / 2))
    if margin < high and domains.drawn(call.kind, low, margin, step, sampling) == values:
        return margin, f"Lower the maximum to {domains.text(margin)}, which draws the same values"
    return None


def _raise(call: HpCall, numbers: _Numbers) -> tuple[float, str] | None:
    """The smallest maximum that draws one more value; a fraction beyond the bound may be none that can be used."""
    low, high, step, sampling = numbers
    values = domains.drawn(call.kind, *numbers)
    if not values or not step or sampling not in (None, "linear"):
        return None
    following = values[-1] + step
    if call.kind == "Float" and following > high + step * MARGIN / 2:
        return None
    reach = following if call.kind == "Int" else float(domains.text(float(following + step * MARGIN / 2)))
    after = domains.drawn(call.kind, low, reach, step, sampling)
    if after is None or len(after) != len(values) + 1:
        return None
    return reach, f"Raise the maximum to {domains.text(reach)}, so that {domains.text(following)} is drawn"
