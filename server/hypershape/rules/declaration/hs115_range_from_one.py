"""HS115."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code


class RangeFromOne(Rule):
    """A loop over `range(1, hp.Int(...))` runs once less than the hyperparameter says.

    ## What it does
    Finds loops from 1 to a drawn number that add layers of a kind of which the function adds none before the loop.

    ## Why it matters
    `range(1, n)` ends at n - 1. With three layers the model has two, and with one it has none: the best value that
    the search reports is not the number of layers of the best model.

    ## Fix
    `range(1, n + 1)`.
    """

    code = "HS115"
    name = "range-from-one"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.layers(
            """
            for level in range(1, hp.Int("hidden", 1, 4)):
                model.add(layers.Dropout(hp.Float("rate_" + str(level), 0.0, 0.4, step=0.2)))
            """,
            at='hp.Int("hidden", 1, 4)',
            fixed='range(1, hp.Int("hidden", 1, 4) + 1)',
        ),
        Example.layers(
            """
            count = hp.Int("count", min_value=1, max_value=3)
            for i in range(1, count):
                model.add(layers.Dropout(0.1 * i))
            """,
            at="count",
            fixed="range(1, count + 1)",
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Dropout(hp.Float("rate_0", 0.0, 0.4, step=0.2)))
            for level in range(1, hp.Int("hidden", 1, 4)):
                model.add(layers.Dropout(hp.Float("rate_" + str(level), 0.0, 0.4, step=0.2)))
            """
        ),
        Example.layers(
            """
            for level in range(1, hp.Int("hidden", 1, 4) + 1):
                model.add(layers.Dropout(hp.Float("rate_" + str(level), 0.0, 0.4, step=0.2)))
            """
        ),
        Example.layers(
            """
            for level in range(hp.Int("hidden", 1, 4)):
                model.add(layers.Dropout(hp.Float("rate_" + str(level), 0.0, 0.4, step=0.2)))
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for loop in code.every(ast.For):
            end = _end(loop, code)
            if end is None or not _adds_what_is_new(loop, code):
                continue
            drawn = code.hp_call(code.resolve(end))  # type: ignore[arg-type]
            assert drawn is not None
            named = drawn.arguments.get("name")
            name = code.value(named, default=None) if named is not None else None
            least = drawn.arguments.get("min_value")
            none = least is not None and code.value(least, default=None) == 1
            yield self.finding(
                f"`range(1, n)` runs n - 1 times: one layer less than {name or 'the value drawn'} says"
                f"{', and none where it is 1' if none else ''}.",
                code.span(end),
                repairs=partial(_one_more, end, code),
            )


def _end(loop: ast.For, code: Code) -> ast.expr | None:
    """The end of a range from 1, where it is a drawn whole number itself."""
    over = loop.iter
    if not isinstance(over, ast.Call) or code.origin(over.func) != "range" or len(over.args) != 2:
        return None
    start, end = over.args
    if code.value(start, default=None) != 1:
        return None
    drawn = code.resolve(end)
    call = code.hp_call(drawn) if isinstance(drawn, ast.Call) else None
    return end if call is not None and call.kind == "Int" else None


def _adds_what_is_new(loop: ast.For, code: Code) -> bool:
    """Whether the loop makes layers, and its function none of their kinds before: no first one stands apart."""
    function = code.function(loop)
    made = {_layer(node, code) for each in loop.body for node in ast.walk(each)} - {None}
    if function is None or not made:
        return False
    before = [node for node in ast.walk(function) if isinstance(node, ast.Call) and node.lineno < loop.lineno]
    return made.isdisjoint(_layer(node, code) for node in before)


def _layer(node: ast.AST, code: Code) -> str | None:
    """The layer class that a call makes."""
    name = code.origin(node.func) if isinstance(node, ast.Call) else None
    return name if name is not None and name.startswith("keras.layers.") else None


def _one_more(end: ast.expr, code: Code) -> Iterator[Fix]:
    span = code.span(end)
    yield Fix("Let the loop run to the drawn number", (Edit(span, f"{code.source(end)} + 1"),), reshapes=True)
