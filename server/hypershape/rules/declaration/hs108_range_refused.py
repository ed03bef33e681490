"""HS108."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.calls import other_method
from hypershape.fixes.tighten import replace_value
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example
from hypershape.rules.common.declared import DeclarationRefused, label
from hypershape.source import Code, HpCall
from hypershape.space.domains import boundless


class RangeRefused(DeclarationRefused):
    """Keras Tuner refuses a range (floats for an `Int`, log sampling from 0 or with a step of 1), or draws infinity from it.

    ## What it does
    Finds `hp.Int` with floats, and log sampling with a minimum of 0 or below or a step of 1 or below, from
    the text or from a probe. With log sampling the step is a factor. A range without finite width, as up to
    `float("inf")`, is found by a probe.

    ## Why it matters
    The declaration raises in every trial that reaches it. Where the range is not finite, Keras Tuner draws infinity
    or NaN in every trial that draws at all, and only the default is a number.

    ## Fix
    `hp.Float` for floats; a small positive minimum, or linear sampling; no step, or a factor such as 2; finite ends.
    """

    code = "HS108"
    name = "range-refused"
    severity = Severity.ERROR
    static = True
    also_probed = True
    kinds = (
        "range-not-int",
        "range-log-minimum",
        "range-log-step",
        "range-sampling",
        "division-by-zero",
        "fixed-value",
        "boolean-default",
    )
    refused = "this declaration"

    INVALID = (
        Example.layers(
            """
            rate = hp.Int("rate", 0.1, 0.5, step=0.1)
            model.add(layers.Dropout(rate))
            """,
            at='hp.Int("rate", 0.1, 0.5, step=0.1)',
            fixed='hp.Float("rate", 0.1, 0.5, step=0.1)',
        ),
        Example.layers(
            'rate = hp.Float("rate", 0.0, 0.1, sampling="log")',
            compile='keras.optimizers.SGD(rate), loss="mse"',
            at='hp.Float("rate", 0.0, 0.1, sampling="log")',
            fixed='hp.Float("rate", 0.0, 0.1)',
        ),
        Example.layers(
            'rate = hp.Float("rate", 1e-4, 1e-1, step=1e-4, sampling="log")',
            compile='keras.optimizers.SGD(rate), loss="mse"',
            at='hp.Float("rate", 1e-4, 1e-1, step=1e-4, sampling="log")',
            fixed='hp.Float("rate", 1e-4, 1e-1, sampling="log")',
        ),
    )
    VALID = (
        Example.layers(
            """
            rate = hp.Float("rate", 1e-4, 1e-1, step=10, sampling="log")
            units = hp.Int("units", 8, 64, step=2, sampling="log")
            model.add(layers.Dense(units))
            """,
            compile='keras.optimizers.SGD(rate), loss="mse"',
        ),
        Example.layers(
            """
            rate = hp.Float("rate", min_value=0, max_value=1)
            units = hp.Int("units", 8, 64, sampling="log")
            model.add(layers.Dense(units))
            model.add(layers.Dropout(rate))
            """,
        ),
        Example.layers(
            """
            rate = hp.Float("rate", 1e-4, 1e-2, sampling="LOG")
            more = hp.Float("more", 0.001, 0.5, sampling="reverse_log")
            model.add(layers.Dropout(more))
            """,
            compile='keras.optimizers.Adam(rate), loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        yield from super().check(analysis)
        for target in analysis.targets:
            for hp in target.hyperparameters:
                if boundless(hp):
                    yield self.finding(
                        f"No trial draws a finite number for {hp.name}: the range is not finite, "
                        "so that Keras Tuner's arithmetic gives infinity, NaN or an error.",
                        hp.span or target.target.span,
                        target=target.target.name,
                    )

    def said(self, call: HpCall, code: Code) -> str | None:
        problem = _problem(call, code)
        return (
            None if problem is None else f"Keras Tuner refuses the range of {label(call, code)}: {problem}."
        )

    def repairs(self, call: HpCall | None, code: Code) -> Iterator[Fix]:
        if call is None:
            return
        if _floats(call, code):
            yield Fix("Draw floats: hp.Float", (other_method(call, "Float", code),))
        for name, title in (("step", "Sample without a step"), ("sampling", "Sample linearly")):
            removed = edits.remove_argument(code.module, call.span, name) if name in call.arguments else None
            if removed is not None:
                yield Fix(title, (removed,))
        step = replace_value(call, "step", "2", code) if "step" in call.arguments else None
        if step is not None:
            yield Fix("Use 2 as the factor between steps", (step,))


def _problem(call: HpCall, code: Code) -> str | None:
    """Why Keras Tuner refuses a range, where the text alone decides."""
    if call.kind not in ("Int", "Float"):
        return None
    floats = _floats(call, code)
    if floats:
        return f"an Int takes whole numbers, not {floats[0]!r}"
    low, step, sampling = (
        code.value(call.arguments[name], default=None) if name in call.arguments else None
        for name in ("min_value", "step", "sampling")
    )
    if not isinstance(sampling, str) or sampling.lower() not in ("log", "reverse_log"):
        return None
    if isinstance(low, (int, float)) and low <= 0:
        return f"log sampling cannot start at {low!r}"
    if isinstance(step, (int, float)) and step <= 1:
        return f"with log sampling the step is a factor and must be greater than 1, not {step!r}"
    return None


def _floats(call: HpCall, code: Code) -> list[float]:
    """The numbers of an Int that are no whole numbers."""
    if call.kind != "Int":
        return []
    values = [
        code.value(call.arguments[name], default=None)
        for name in ("min_value", "max_value", "step")
        if name in call.arguments
    ]
    return [value for value in values if isinstance(value, float) and not value.is_integer()]
