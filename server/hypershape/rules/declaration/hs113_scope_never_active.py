"""HS113."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.identifiers import requoted
from hypershape.source import Code
from hypershape.space import domains


class ScopeNeverActive(Rule):
    """A condition names values that its parent never draws.

    ## What it does
    Compares the values of `hp.conditional_scope("parent", [...])` and of `parent_values=` with those of the parent's
    declaration, where all are written as literals.

    ## Why it matters
    What is declared under such a condition is never active: the search never tries it. Only the tuner's constructor
    runs the code once, with a value that does not exist.

    ## Fix
    Name one of the parent's values.
    """

    code = "HS113"
    name = "scope-never-active"
    severity = Severity.WARNING
    tag = "unnecessary"
    static = True

    INVALID = (
        Example(
            """
            def build_model(hp):
                kind = hp.Choice("kind", ["narrow", "wide"])
                with hp.conditional_scope("kind", ["WIDE"]):
                    if kind == "WIDE":
                        return hp.Int("units", 64, 128)
                return 8
            """,
            at='["WIDE"]',
            fixed='hp.conditional_scope("kind", ["wide"])',
        ),
        Example(
            """
            def build_model(hp):
                optimizer = hp.Choice("optimizer", ["adam", "sgd"])
                momentum = hp.Float("momentum", 0.0, 0.9, parent_name="optimizer", parent_values=["SGD"])
                return optimizer, momentum
            """,
            at='["SGD"]',
            fixed='parent_values=["sgd"]',
        ),
        Example(
            """
            def build_model(hp):
                depth = hp.Int("depth", 1, 3)
                with hp.conditional_scope("depth", [4, 5]):
                    units = hp.Int("units", 64, 128)
                return depth, units
            """,
            at="[4, 5]",
        ),
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                kind = hp.Choice("kind", ["narrow", "wide"])
                with hp.conditional_scope("kind", ["wide", "widest"]):
                    if kind == "wide":
                        return hp.Int("units", 64, 128)
                return 8
            """
        ),
        Example(
            """
            def build_model(hp):
                kind = hp.Choice("kind", NAMES)
                deep = hp.Boolean("deep")
                with hp.conditional_scope("kind", ["wide"]):
                    units = hp.Int("units", 64, 128)
                with hp.conditional_scope("deep", [True]):
                    more = hp.Int("more", 64, 128)
                with hp.conditional_scope("deep", True):
                    most = hp.Int("most", 64, 128)
                return kind, deep, units, more, most
            """
        ),
        Example(
            """
            def build_model(hp):
                if hp.Boolean("large"):
                    size = hp.Choice("size", [3, 4])
                else:
                    size = hp.Choice("size", [1, 2])
                with hp.conditional_scope("size", [2, 4]):
                    units = hp.Int("units", 64, 128)
                return size, units
            """
        ),
        Example(
            """
            def build_model(hp):
                for i in range(hp.Int("layers", 1, 3)):
                    with hp.conditional_scope("layers", [3]):
                        hp.Int(f"units_{i}", 64, 128)
                rate = hp.Float("rate", 0.0, 0.5)
                with hp.conditional_scope("rate", [0.25]):
                    return hp.Int("inner", 1, 3), rate
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.calls:
            found = _condition(call, code)
            if found is None:
                continue
            name, node, wanted = found
            drawn = _drawn(name, call, code)
            if drawn is not None and wanted and not any(value in drawn for value in wanted):
                values = " or ".join(map(repr, wanted))
                yield self.finding(
                    f"{name} never is {values}, so nothing under this condition is ever active.",
                    code.span(node),
                    repairs=partial(_respelled, node, wanted, drawn, code),
                )


def _respelled(
    node: ast.expr, wanted: Sequence[object], drawn: Sequence[object], code: Code
) -> Iterator[Fix]:
    """The value of the parent that the only wanted one resembles."""
    plain = {each.lower(): each for each in drawn if isinstance(each, str)}
    for element in node.elts if isinstance(node, (ast.List, ast.Tuple)) and len(wanted) == 1 else ():
        for near in get_close_matches(str(wanted[0]).lower(), plain, n=1, cutoff=0.7):
            text = requoted(code.source(element), plain[near])
            yield Fix(f"Use {plain[near]!r}", (Edit(code.span(element), text),))


def _condition(call: ast.Call, code: Code) -> tuple[str, ast.expr, list[object]] | None:
    """The parent's name, the node and the values of a condition, all written as literals."""
    declared = code.hp_call(call)
    scope = isinstance(call.func, ast.Attribute) and call.func.attr == "conditional_scope"
    if declared is not None:
        parent, node = declared.arguments.get("parent_name"), declared.arguments.get("parent_values")
    elif scope and isinstance(call.func, ast.Attribute) and code.is_hyperparameters(call.func.value):
        parent, node = code.argument(call, "parent_name", 0), code.argument(call, "parent_values", 1)
    else:
        return None
    name = code.value(parent, default=None) if parent is not None else None
    values = code.value(node, default=None) if node is not None else None
    if node is None or not isinstance(name, str) or not isinstance(values, (list, tuple)):
        return None
    return name, node, list(values)


def _drawn(name: str, call: ast.Call, code: Code) -> Sequence[object] | None:
    """What the only declaration of a name in the same function draws; None where that is not certain."""
    called = [each for each in code.hp_calls if code.function(each.node) is code.function(call)]
    named = [
        (each, code.value(each.arguments["name"], default=None))
        for each in code.hp_calls
        if "name" in each.arguments
    ]
    same = [each for each, written in named if written == name]
    # A name that is put together at run time may be the parent's, too.
    if any(written is None for _, written in named) and not same:
        return None
    if len(same) != 1 or same[0] not in called or not same[0].complete:
        return None
    (parent,) = same
    if parent.kind == "Boolean":
        return [True, False]
    if parent.kind == "Choice":
        values = (
            code.value(parent.arguments["values"], default=None) if "values" in parent.arguments else None
        )
        return list(values) if isinstance(values, (list, tuple)) else None
    if parent.kind == "Int" and "step" not in parent.arguments and "sampling" not in parent.arguments:
        low, high = (
            code.value(parent.arguments[each], default=None) if each in parent.arguments else None
            for each in ("min_value", "max_value")
        )
        if isinstance(low, int) and isinstance(high, int):
            return domains.drawn("Int", low, high, None)
    return None
