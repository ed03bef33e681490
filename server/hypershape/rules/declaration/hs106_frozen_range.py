"""HS106."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Finding, Fix, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import label
from hypershape.source import Code, HpCall

_RANGE = ("min_value", "max_value", "step", "values")


class FrozenRange(Rule):
    """A range that is built from another hyperparameter stays at its first form.

    ## What it does
    Finds declarations whose minimum, maximum, step or values are computed from a value that another declaration drew.

    ## Why it matters
    Keras Tuner keeps the first declaration of a name. With `a = hp.Int("a", 1, 10)` and `b = hp.Int("b", 1, a)` the
    first call has a = 1 and freezes the range of b at 1 … 1: the whole search uses b = 1.

    ## Fix
    Draw from the full range, then limit the value: `b = min(b, a)`. Or draw a ratio.
    """

    code = "HS106"
    name = "frozen-range"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example(
            """
            def build_model(hp):
                a = hp.Int("a", 1, 10)
                b = hp.Int("b", 1, a)
                return a, b
            """,
            at="a",
            fixed='b = hp.Int("b", 1, 10)\n    b = min(b, a)\n',
        ),
        Example(
            """
            def build_model(hp):
                width = hp.Choice("width", [16, 32])
                inner = hp.Choice("inner", values=[width, 2 * width])
                return inner
            """,
            at="[width, 2 * width]",
        ),
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                largest = hp.Fixed("largest", 10)
                a = hp.Int("a", 1, 10)
                b = min(hp.Int("b", 1, 10), a)
                c = [hp.Int(f"c_{a}_{i}", 1, a) for i in range(a)]
                d = hp.Int("d", 1, largest)
                return a, b, c, d
            """
        ),
        Example.layers(
            """
            units = hp.Int("units", 8, 32, step=8)
            ratio = hp.Choice("ratio", [0.25, 0.5, 1.0])
            model.add(layers.Dense(units))
            model.add(layers.Dense(int(units * ratio)))
            """,
        ),
        Example.layers(
            """
            largest = 4 * 8
            units = hp.Int("units", 8, largest)
            inner = min(hp.Int("inner", 8, largest), units)
            model.add(layers.Dense(units))
            model.add(layers.Dense(inner))
            """,
        ),
        Example.layers(
            """
            depth = hp.Int("depth", 1, 2)
            for i in range(depth):
                model.add(layers.Dense(hp.Int(f"units_{depth}_{i}", 4, 4 * depth)))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.hp_calls:
            name = call.arguments.get("name")
            if name is None or not isinstance(code.resolve(name), ast.Constant):
                continue
            for part in _RANGE:
                node = call.arguments.get(part)
                source = _drawn(node, call, code) if node is not None else None
                if node is not None and source is not None:
                    yield self.finding(
                        f"The range of {label(call, code)} is frozen at its first form: it is built from "
                        f"{label(source, code)}, but Keras Tuner keeps the range that the first call declared.",
                        code.span(node),
                        related=(Related(source.span, f"{label(source, code)} is drawn here"),),
                        repairs=partial(_limited, call, source, code) if part == "max_value" else None,
                    )
                    break


def _limited(call: HpCall, source: HpCall, code: Code) -> Iterator[Fix]:
    """`b = hp.Int("b", 1, a)` as a draw from the full range of `a` with `b = min(b, a)` after it."""
    node, largest = call.arguments["max_value"], source.arguments.get("max_value")
    statement = code.parents.get(call.node)
    if not isinstance(node, ast.Name) or not isinstance(statement, ast.Assign) or source.kind != "Int":
        return
    variable = statement.targets[0]
    if not isinstance(variable, ast.Name) or largest is None:
        return
    changed = edits.replace_text(code.span(node), code.source(largest))
    limited = edits.insert_after(code.module, call.span, [f"{variable.id} = min({variable.id}, {node.id})"])
    if limited is not None:
        yield Fix(f"Draw from the full range, then take min({variable.id}, {node.id})", (changed, limited))


def _drawn(node: ast.expr, call: HpCall, code: Code) -> HpCall | None:
    """The declaration whose drawn value an expression uses, in the same function; None when it uses none."""
    for each in ast.walk(node):
        found: ast.AST | None = each
        if isinstance(each, ast.Name):
            found = code.definition(each.id, each)
        if isinstance(found, ast.Call) and found is not call.node:
            source = code.hp_call(found)
            if (
                source is not None
                and source.kind != "Fixed"
                and code.function(found) is code.function(call.node)
            ):
                return source
    return None
