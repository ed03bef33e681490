"""HS408."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.identifiers import requoted
from hypershape.source import Code


class DirectionWord(Rule):
    """The direction of an `Objective` is neither "min" nor "max".

    ## What it does
    Reads the direction of `keras_tuner.Objective`.

    ## Why it matters
    Any other word is accepted at first; the search fails at the end of the first trial.

    ## Fix
    "min" or "max".
    """

    code = "HS408"
    name = "direction-word"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example(
            """
            import keras_tuner as kt

            objective = kt.Objective("val_f1", "maximize")
            """,
            at='"maximize"',
            fixed='kt.Objective("val_f1", "max")',
        ),
        Example(
            """
            import keras_tuner as kt

            objective = kt.Objective("val_f1", direction=max)
            """,
            at="max",
            fixed='kt.Objective("val_f1", direction="max")',
        ),
    )
    VALID = (
        Example(
            """
            import keras_tuner as kt

            objective = kt.Objective("val_f1", direction="max")
            """
        ),
        Example.search(
            """
            DIRECTION = "min"
            tuner = kt.RandomSearch(build_model, kt.Objective("val_loss", DIRECTION), max_trials=3, overwrite=True)
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.calls:
            node = _direction(call, code)
            value = code.value(node, default=None) if node is not None else None
            text = isinstance(value, str) and value not in ("min", "max")
            if node is not None and (text or _is_builtin(node, code)):
                told = repr(value) if text else f"the function {code.source(node)}"
                yield self.finding(
                    f'The direction is "min" or "max", not {told}: every trial fails at its end.',
                    code.span(node),
                    repairs=partial(_either, node, code),
                )


def _is_builtin(node: ast.expr, code: Code) -> bool:
    """Whether a direction lacks its quotes, so that it is a function of Python."""
    return isinstance(node, ast.Name) and node.id in ("min", "max") and node.id not in code.bindings


def _either(node: ast.expr, code: Code) -> Iterator[Fix]:
    """Both directions, the one that the word resembles first."""
    if isinstance(node, ast.Name):
        yield Fix(f'Use "{node.id}"', (Edit(code.span(node), f'"{node.id}"'),))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        first = "min" if node.value.lower().startswith("mi") else "max"
        for word in (first, "max" if first == "min" else "min"):
            yield Fix(f'Use "{word}"', (Edit(code.span(node), requoted(code.source(node), word)),))


def _direction(call: ast.Call, code: Code) -> ast.expr | None:
    if (code.imported(call.func) or "") not in (
        "keras_tuner.Objective",
        "keras_tuner.engine.oracle.Objective",
    ):
        return None
    return code.argument(call, "direction", 1)
