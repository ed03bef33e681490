"""HS102."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes.tighten import replace_value
from hypershape.model import Fix, Severity
from hypershape.rules.base import Example
from hypershape.rules.common.declared import DeclarationRefused, label
from hypershape.source import Code, HpCall


class MinGreaterThanMax(DeclarationRefused):
    """A range whose minimum is greater than its maximum.

    ## What it does
    Compares `min_value` and `max_value` of `hp.Int` and `hp.Float`, from the text or from a probe.

    ## Why it matters
    Keras Tuner refuses the declaration in every trial that reaches it.

    ## Fix
    Swap the two.
    """

    code = "HS102"
    name = "min-greater-than-max"
    severity = Severity.ERROR
    static = True
    also_probed = True
    kinds = ("range-inverted",)
    refused = "this range"

    INVALID = (
        Example.layers(
            """
            units = hp.Int("units", 256, 32, step=32)
            model.add(layers.Dense(units))
            """,
            at='hp.Int("units", 256, 32, step=32)',
            fixed='hp.Int("units", 32, 256, step=32)',
        ),
        Example.layers(
            """
            rate = hp.Float("rate", min_value=0.5, max_value=LARGEST)
            model.add(layers.Dropout(rate))
            """,
            before="LARGEST = 0.1",
            at='hp.Float("rate", min_value=0.5, max_value=LARGEST)',
            fixed="min_value=0.1, max_value=LARGEST",
        ),
    )
    VALID = (
        Example.layers(
            """
            units = hp.Int("units", 32, 32)
            model.add(layers.Dense(units))
            """,
        ),
        Example.layers(
            """
            low, high = sorted([hp.Fixed("a", 64), hp.Fixed("b", 32)])
            units = hp.Int("units", low, high, step=32)
            model.add(layers.Dense(units))
            """,
        ),
        Example.layers(
            """
            units = hp.Int("units", max_value=64, min_value=8, step=8)
            rate = hp.Float("rate", -0.5, 0.5)
            model.add(layers.Dense(units))
            model.add(layers.Dropout(abs(rate)))
            """,
        ),
    )

    def said(self, call: HpCall, code: Code) -> str | None:
        bounds = _bounds(call, code)
        if bounds is None or bounds[0] <= bounds[1]:
            return None
        return (
            f"The minimum of {label(call, code)}, {bounds[0]}, is greater than its maximum, {bounds[1]}: "
            "Keras Tuner refuses this range."
        )

    def repairs(self, call: HpCall | None, code: Code) -> Iterator[Fix]:
        bounds = _bounds(call, code) if call else None
        if call is None or bounds is None:
            return
        low, high = call.arguments["min_value"], call.arguments["max_value"]
        swapped = (
            replace_value(call, "min_value", _literal(high, bounds[1], code), code),
            replace_value(call, "max_value", _literal(low, bounds[0], code), code),
        )
        if None not in swapped:
            yield Fix("Swap the minimum and the maximum", tuple(edit for edit in swapped if edit))


def _bounds(call: HpCall, code: Code) -> tuple[float, float] | None:
    if call.kind not in ("Int", "Float") or not {"min_value", "max_value"} <= set(call.arguments):
        return None
    low, high = (code.value(call.arguments[name], default=None) for name in ("min_value", "max_value"))
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        return low, high
    return None


def _literal(node: object, value: float, code: Code) -> str:
    return code.source(node) if isinstance(node, ast.Constant) else repr(value)
