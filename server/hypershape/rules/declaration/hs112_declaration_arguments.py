"""HS112."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.fixes.calls import other_method
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.declared import ANY_STAGE, label, matching_cause
from hypershape.rules.common.wording import listed
from hypershape.source import HP_PARAMETERS, Code, HpCall

_REQUIRED = {
    "Choice": ("name", "values"),
    "Int": ("name", "min_value", "max_value"),
    "Float": ("name", "min_value", "max_value"),
    "Boolean": ("name",),
    "Fixed": ("name", "value"),
}
_REFUSED = ("argument-missing", "argument-unknown", "arguments-too-many")
_OTHER_WORDS = {
    "min": "min_value",
    "max": "max_value",
    "minimum": "min_value",
    "maximum": "max_value",
    "low": "min_value",
    "high": "max_value",
    "choices": "values",
    "options": "values",
    "initial": "default",
}


class DeclarationArguments(Rule):
    """A declaration lacks an argument, or has one that it does not take.

    ## What it does
    Compares the arguments of `hp.Int`, `hp.Float`, `hp.Choice`, `hp.Boolean` and `hp.Fixed` with those that Keras
    Tuner's methods take: `hp.Float("rate", [0.1, 0.2])` has no maximum, `hp.Int(values=…)` no values.

    ## Why it matters
    The call raises a TypeError in every trial that reaches it.

    ## Fix
    `hp.Choice` for a list of values; a minimum and a maximum for a range.
    """

    code = "HS112"
    name = "declaration-arguments"
    severity = Severity.ERROR
    static = True

    INVALID = (
        Example.layers(
            'rate = hp.Float("learning_rate", [0.01, 0.005, 0.001])',
            compile='keras.optimizers.SGD(rate), loss="mse"',
            at='hp.Float("learning_rate", [0.01, 0.005, 0.001])',
            fixed='hp.Choice("learning_rate", [0.01, 0.005, 0.001])',
        ),
        Example.layers(
            """
            units = hp.Int("units", values=[16, 32])
            model.add(layers.Dense(units))
            """,
            at='hp.Int("units", values=[16, 32])',
            fixed='hp.Choice("units", values=[16, 32])',
        ),
        Example.layers(
            """
            units = hp.Int("units", min=16, max=32)
            model.add(layers.Dense(units))
            """,
            at='hp.Int("units", min=16, max=32)',
            fixed='hp.Int("units", min_value=16, max_value=32)',
        ),
        Example.layers(
            """
            units = hp.Int("units", 64)
            model.add(layers.Dense(units))
            """,
            at='hp.Int("units", 64)',
            fixed='hp.Fixed("units", 64)',
        ),
        Example.layers(
            """
            activation = hp.Choice("activation", "relu", "tanh", "elu", "selu", "gelu", "silu")
            model.add(layers.Dense(1, activation=activation))
            """,
            at='hp.Choice("activation", "relu", "tanh", "elu", "selu", "gelu", "silu")',
            fixed='hp.Choice("activation", ["relu", "tanh", "elu", "selu", "gelu", "silu"])',
        ),
    )
    VALID = (
        Example.layers(
            """
            units = hp.Int("units", 16, 64, 16, "linear", 32)
            options = {"min_value": 0.1, "max_value": 0.5}
            rate = hp.Float("rate", **options)
            limits = (1, 3)
            depth = hp.Int("depth", *limits)
            model.add(layers.Dense(units))
            model.add(layers.Dropout(rate))
            for _ in range(depth):
                model.add(layers.Dense(2))
            """,
        ),
        Example.layers(
            """
            settings = Settings()
            units = settings.Int("units", 64)
            model.add(layers.Dense(units))
            model.add(layers.Dense(hp.Choice(name="width", values=[2, 4], ordered=False, default=4)))
            """,
            before="""
            class Settings:
                def Int(self, name, value):
                    return value
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for call in code.hp_calls:
            said = _problem(call)
            if said is not None:
                target, cause = matching_cause(analysis, call.span, _REFUSED, ANY_STAGE)
                yield self.finding(
                    f"Keras Tuner refuses the declaration of {label(call, code)}: {said}.",
                    call.span,
                    target=target,
                    cause=cause,
                    repairs=partial(_repairs, call, code),
                )


def _repairs(call: HpCall, code: Code) -> Iterator[Fix]:
    yield from _renamed(call, code)
    second = call.node.args[1] if len(call.node.args) > 1 else None
    if call.kind in ("Int", "Float"):
        several = call.arguments.get("values", second)
        written = code.resolve(several) if several is not None else None
        if isinstance(written, (ast.List, ast.Tuple)) and written.elts:
            yield Fix("Choose from the values: hp.Choice", (other_method(call, "Choice", code),))
        elif second is not None and len(call.node.args) == 2 and not call.node.keywords:
            yield Fix("Keep the value: hp.Fixed", (other_method(call, "Fixed", code),))
    if call.kind == "Choice" and second is not None and len(call.node.args) > 2:
        first, last = code.span(second), code.span(call.node.args[-1])
        yield Fix("Put the values in a list", (Edit(first.start, "["), Edit(last.end, "]")))


def _problem(call: HpCall) -> str | None:
    """What is missing or too much, where every argument is written out."""
    known, required = HP_PARAMETERS[call.kind], _REQUIRED[call.kind]
    if not call.complete:
        return None
    unknown = [name for name in call.arguments if name not in known]
    if unknown:
        return f"hp.{call.kind} takes no {listed(unknown)}"
    if len(call.node.args) > len(known):
        return f"hp.{call.kind} takes at most {len(known)} arguments"
    missing = [name for name in required if name not in call.arguments]
    return f"hp.{call.kind} needs {listed(missing)}" if missing else None


def _renamed(call: HpCall, code: Code) -> Iterator[Fix]:
    """The arguments under the names that Keras Tuner gives them."""
    known = HP_PARAMETERS[call.kind]
    pairs = [(name, _OTHER_WORDS.get(name)) for name in call.arguments if name not in known]
    made = [
        edits.rename_argument(code.module, call.span, name, new)
        for name, new in pairs
        if new in known and new not in call.arguments
    ]
    if made and len(made) == len(pairs) and None not in made:
        titles = listed(f"{name} to {new}" for name, new in pairs)
        yield Fix(f"Rename {titles}", tuple(edit for edit in made if edit))
