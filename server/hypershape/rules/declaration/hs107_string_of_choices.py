"""HS107."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import label
from hypershape.source import Code


class StringOfChoices(Rule):
    """The values of a `Choice` are one string, so that its letters are the choices.

    ## What it does
    Finds `hp.Choice("activation", "relu")`.

    ## Why it matters
    Keras Tuner takes the string as a sequence: the choices are r, e, l and u.

    ## Fix
    A list: `["relu"]`.
    """

    code = "HS107"
    name = "string-of-choices"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example(
            """
            def build_model(hp):
                return hp.Choice("activation", "relu")
            """,
            at='"relu"',
            fixed='hp.Choice("activation", ["relu"])',
        ),
    )
    VALID = (
        Example(
            """
            def build_model(hp):
                return hp.Choice("activation", ["relu"])
            """
        ),
        Example.layers(
            """
            activation = hp.Choice("activation", "relu tanh elu".split())
            model.add(layers.Dense(1, activation=activation))
            """,
        ),
        Example.layers(
            """
            name = "activation"
            activation = hp.Choice(name, values=("relu", "tanh"))
            model.add(layers.Dense(1, activation=activation))
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.hp_calls:
            node = call.arguments.get("values") if call.kind == "Choice" else None
            value = code.value(node, default=None) if node is not None else None
            if node is not None and isinstance(value, str) and len(value) > 1:
                letters = ", ".join(dict.fromkeys(value))
                yield self.finding(
                    f"The choices of {label(call, code)} are the letters {letters}: its values are one string.",
                    code.span(node),
                    repairs=partial(_listed, node, code),
                )


def _listed(node: ast.expr, code: Code) -> Iterator[Fix]:
    yield Fix("Make it a list", (Edit(code.span(node), f"[{code.source(node)}]"),))
