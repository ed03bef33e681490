"""HS105."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial

from hypershape.model import Analysis, Finding, Fix, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.loops import loop_around, numbered_by_loop
from hypershape.source import Code


class OneNameInALoop(Rule):
    """A loop declares a hyperparameter under one name, so that every round gets the same value.

    ## What it does
    Finds declarations with a constant name inside a `for` loop.

    ## Why it matters
    A name stands for one hyperparameter: ten layers built in such a loop all share its value. That may be meant (one
    activation for all layers); where it is not, the search never tries layers that differ.

    ## Fix
    Number the name with the loop's variable, or draw the value before the loop to show that it is shared.
    """

    code = "HS105"
    name = "one-name-in-a-loop"
    severity = Severity.HINT
    static = True

    INVALID = (
        Example(
            """
            from keras import layers


            def build_model(hp, model):
                for i in range(hp.Int("layers", 1, 3)):
                    model.add(layers.Dense(hp.Int("units", 32, 64)))
            """,
            at='"units"',
            fixed='hp.Int(f"units_{i}", 32, 64)',
        ),
        Example(
            """
            from keras import layers


            def build_model(hp, model):
                for _ in range(hp.Int("layers", 1, 3)):
                    model.add(layers.Dropout(rate=hp.Float(name="rate", min_value=0.0, max_value=0.5)))
            """,
            at='"rate"',
            fixed='for i in range(hp.Int("layers", 1, 3)):\n        model.add(layers.Dropout(rate=hp.Float(name=f"rate_{i}"',
        ),
    )
    VALID = (
        Example(
            """
            from keras import layers


            def build_model(hp, model):
                activation = hp.Choice("activation", ["relu", "tanh"])
                for i in range(hp.Int("layers", 1, 3)):
                    model.add(layers.Dense(hp.Int(f"units_{i}", 32, 64), activation=activation))
                for name in ["a", "b"]:
                    model.add(layers.Dense(hp.Int(name, 32, 64)))
            """
        ),
        Example.layers(
            """
            units = hp.Int("units", 8, 16)
            for _ in range(hp.Int("layers", 1, 3)):
                model.add(layers.Dense(units))
            """,
        ),
        Example.layers(
            """
            for name, most in {"first": 8, "second": 16}.items():
                model.add(layers.Dense(hp.Int(name, 4, most)))
            for width in [hp.Int("last", 1, 3)]:
                model.add(layers.Dense(width))
            """,
        ),
        Example.layers(
            """
            for i in range(3):
                with hp.name_scope(f"layer_{i}"):
                    model.add(layers.Dense(hp.Int("units", 4, 8)))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        found: dict[object, tuple[ast.Constant, ast.For]] = {}
        for name, loop in _declared_in_loops(code):
            found.setdefault(name.value, (name, loop))
        names = [name for name, _ in found.values()]
        if names:
            others = [str(each.value) for each in names[1:]]
            too = f" So do all rounds of {wording.listed(others)}." if others else ""
            yield self.finding(
                f"Every round of this loop gets the same value of {names[0].value!s}: one name, one hyperparameter.{too}",
                code.span(names[0]),
                related=tuple(
                    Related(code.span(each), f"{each.value!s} is one hyperparameter, too")
                    for each in names[1:]
                ),
                repairs=partial(_numbered, list(found.values()), code),
            )


def _declared_in_loops(code: Code) -> Iterator[tuple[ast.Constant, ast.For]]:
    """The names that every round of a loop declares, each with its loop."""
    for call in code.hp_calls:
        name, loop = call.arguments.get("name"), loop_around(call.node, code)
        if call.kind == "Fixed" or loop is None or not isinstance(name, ast.Constant):
            continue
        if isinstance(name.value, str) and not _leaves_at_once(loop) and not _in_name_scope(call.node, code):
            yield name, loop


def _numbered(found: Sequence[tuple[ast.Constant, ast.For]], code: Code) -> Iterator[Fix]:
    made = [edits for name, loop in found if (edits := numbered_by_loop(name, loop, code)) is not None]
    if made:
        every = tuple(dict.fromkeys(edit for edits in made for edit in edits))
        yield Fix("Give every round its own hyperparameter", every)


def _in_name_scope(node: ast.AST, code: Code) -> bool:
    """Whether a `with hp.name_scope(…)` puts its own name before the names inside."""
    return any(
        isinstance(each, ast.With)
        and any(
            isinstance(item.context_expr, ast.Call)
            and isinstance(item.context_expr.func, ast.Attribute)
            and item.context_expr.func.attr == "name_scope"
            for item in each.items
        )
        for each in code.ancestors(node)
    )


def _leaves_at_once(loop: ast.For) -> bool:
    """Whether a loop's body always ends after one round."""
    return isinstance(loop.body[-1], (ast.Return, ast.Break, ast.Raise))
