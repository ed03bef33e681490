"""HS110."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.fixes import domains
from hypershape.fixes.syntax import Code, HpCall
from hypershape.fixes.tighten import replace_value
from hypershape.model import Analysis, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.declared import label


class DefaultNeverDrawn(Rule):
    """The default of an Int or a Float lies outside its range.

    ## What it does
    Compares `default` with the minimum and the maximum.

    ## Why it matters
    Keras Tuner accepts it: the tuner's constructor builds the model with a value that no trial ever draws, and
    searches that start from the defaults try it.

    ## Fix
    A default within the range.
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
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                return hp.Int("kernel", 3, 9, default=3), hp.Float("rate", 0.0, 1.0, default=0.25)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = Code.of(analysis.module)
        for call in code.hp_calls:
            found = _outside(call, code)
            if found is not None:
                default, nearest = found
                yield self.finding(
                    f"The default of {label(call, code)}, {default!r}, lies outside its range (nearest: {nearest!r}).",
                    code.span(call.arguments["default"]),
                )

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        code = Code.of(analysis.module)
        for call in code.hp_calls:
            node = call.arguments.get("default")
            found = _outside(call, code) if node is not None and code.span(node) == finding.span else None
            edit = replace_value(call, "default", domains.text(found[1]), code) if found else None
            if found is not None and edit is not None:
                yield Fix(f"Default to {found[1]!r}", (edit,))


def _outside(call: HpCall, code: Code) -> tuple[float, float] | None:
    """A default outside the range and the nearest value inside, where all are written as literals."""
    if call.kind not in ("Int", "Float") or not {"min_value", "max_value", "default"} <= set(call.arguments):
        return None
    low, high, default = (
        code.value(call.arguments[name], default=None) for name in ("min_value", "max_value", "default")
    )
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or low > high:
        return None
    if not isinstance(default, (int, float)) or low <= default <= high:
        return None
    return default, low if default < low else high
