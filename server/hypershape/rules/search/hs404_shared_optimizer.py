"""HS404."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code, contains


class SharedOptimizer(Rule):
    """An optimizer is made outside the build function, so that all trials share it.

    ## What it does
    Finds `compile(optimizer=…)` in a build function with an optimizer object that the module makes once.

    ## Why it matters
    In Keras 3 an optimizer belongs to the variables of the first model it trained: the first trial works, every
    later one fails with "Unknown variable".

    ## Fix
    Make the optimizer inside the function.
    """

    code = "HS404"
    name = "shared-optimizer"
    severity = Severity.WARNING
    static = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            head="",
            compile='optimizer=optimizer, loss="mse"',
            before="optimizer = keras.optimizers.Adam(1e-3)",
            at="optimizer",
            fixed='model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")',
        ),
    )
    VALID = (
        Example.layers(
            """
            optimizer = keras.optimizers.Adam(rate)
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
            compile='optimizer=optimizer, loss="mse"',
            before="rate = 1e-3",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            head="",
            compile='optimizer=make(1e-3), loss="mse"',
            before="""
            def make(rate):
                return keras.optimizers.Adam(rate)
            """,
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            head="",
            compile='optimizer=NAME, loss="mse"',
            before="""
            NAME = "adam"
            schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.calls:
            given = _shared(call, code)
            if given is not None and any(
                contains(target.body, code.span(call)) for target in analysis.module.targets
            ):
                name, made = given
                yield self.finding(
                    f"All trials share this optimizer, made on {code.document.where(made.lineno)}: with Keras 3 every trial but the "
                    "first fails.",
                    code.span(name),
                    repairs=partial(_made_here, name, made, code),
                )


def _made_here(name: ast.Name, made: ast.Call, code: Code) -> Iterator[Fix]:
    yield Fix("Make the optimizer here", (Edit(code.span(name), code.source(made)),))


def _shared(call: ast.Call, code: Code) -> tuple[ast.Name, ast.Call] | None:
    """The name given as optimizer to `compile`, and the call outside any function that made the optimizer."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "compile":
        return None
    given = code.argument(call, "optimizer", 0)
    made = code.resolve(given) if isinstance(given, ast.Name) else None
    if not isinstance(given, ast.Name) or not isinstance(made, ast.Call):
        return None
    origin = code.imported(made.func) or ""
    if not origin.startswith("keras.optimizers.") or "schedules" in origin:
        return None
    return (given, made) if code.function(made) is None else None
