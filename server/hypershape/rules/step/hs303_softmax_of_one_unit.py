"""HS303."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.failure import class_of
from hypershape.rules.common.identifiers import requoted
from hypershape.source import Code, contains


class SoftmaxOfOneUnit(Rule):
    """A softmax over a single unit is always 1.

    ## What it does
    Finds `Dense(1, activation="softmax")` in build functions.

    ## Why it matters
    The model trains without an error and predicts 1 for everything: all trials score the same.

    ## Fix
    `activation="sigmoid"` for two classes.
    """

    code = "HS303"
    name = "softmax-of-one-unit"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(1, activation="softmax")',
            compile='loss="binary_crossentropy"',
            at='"softmax"',
            fixed='layers.Dense(1, activation="sigmoid")',
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 4, 8)))
            model.add(layers.Dense(2, activation="softmax"))
            """,
            input="(4,)",
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy"',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Choice("classes", [2, 3]), activation="softmax"))',
            input="(5, 4)",
            head="",
        ),
        Example.layers(
            """
            scores = layers.Dense(1)(x)
            weights = layers.Softmax(axis=1)(scores)
            x = layers.Dot(axes=1)([weights, layers.Dense(hp.Int("units", 1, 3))(x)])
            """,
            input="(5, 4)",
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.calls:
            activation = _softmax(call, code)
            if activation is not None and any(
                contains(target.body, code.span(call)) for target in analysis.module.targets
            ):
                yield self.finding(
                    "The softmax of a single unit is always 1: this model cannot learn.",
                    code.span(activation),
                    repairs=partial(_sigmoid, activation, code),
                )


def _sigmoid(activation: ast.Constant, code: Code) -> Iterator[Fix]:
    yield Fix("Use sigmoid", (Edit(code.span(activation), requoted(code.source(activation), "sigmoid")),))


def _softmax(call: ast.Call, code: Code) -> ast.Constant | None:
    if class_of(call, code) != "Dense" or not (code.imported(call.func) or "").startswith("keras."):
        return None
    units, activation = code.argument(call, "units", 0), code.argument(call, "activation", 1)
    one = units is not None and code.value(units, default=None) == 1
    if one and isinstance(activation, ast.Constant) and activation.value == "softmax":
        return activation
    return None
