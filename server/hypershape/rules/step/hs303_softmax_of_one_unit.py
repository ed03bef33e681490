"""HS303."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.seen import call_at, outputs, place
from hypershape.source import Code, HpCall, contains

Listed: TypeAlias = ast.List | ast.Tuple


class SoftmaxOfOneUnit(Rule):
    """A softmax over a single unit is always 1.

    ## What it does
    Finds `Dense(1, activation="softmax")` in build functions, also where the activation is drawn from a choice. In a
    rehearsal it finds any last activation that gives the same number whatever it is given, wherever the number of units
    and the activation come from.

    ## Why it matters
    The model trains without an error and predicts 1 for everything: all trials score the same.

    ## Fix
    `activation="sigmoid"` for two classes.
    """

    code = "HS303"
    name = "softmax-of-one-unit"
    severity = Severity.WARNING
    static = True
    also_probed = True

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(1, activation="softmax")',
            compile='loss="binary_crossentropy"',
            at='"softmax"',
            fixed='layers.Dense(1, activation="sigmoid")',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(1, activation=hp.Choice("last", ["linear", "sigmoid", "softmax"]))',
            at='"softmax"',
            fixed='hp.Choice("last", ["linear", "sigmoid"])',
        ),
        Example.layers(
            """
            kinds = ["softmax", "linear"]
            last = hp.Choice("last", kinds)
            model.add(layers.Dense(units=1, activation=last))
            """,
            input="(4,)",
            head="",
            at='"softmax"',
            fixed='kinds = ["sigmoid", "linear"]',
        ),
        Example.search(
            """
            x, y = np.random.rand(60, 4), np.arange(60) % 2
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.25)
            """,
            before="classes = len({0, 1})",
            head='layers.Dense(classes - 1), layers.Activation("softmax")',
            compile='loss="binary_crossentropy"',
            at='"softmax"',
            fixed='layers.Activation("sigmoid")',
            played=True,
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(2, activation=hp.Choice("last", ["sigmoid", "softmax"]))',
            compile='loss="mse"',
        ),
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
        told = []
        for found in self._written(analysis, code):
            told.append(found.span)
            yield found
        for output in outputs(analysis, lambda each: each.is_constant):
            span = place(output.fields.get("made"), code)
            call = call_at(span, code) if span is not None else None
            # A single unit may be all that is left of a width that is counted in data that is not at hand.
            if output.assumed or span is None or any(contains(span, each) for each in told):
                continue
            activation = _given(call, code) if call is not None else None
            when = f"with {output.when} " if output.when else ""
            yield self.finding(
                f"The {output.fields['activation']} of a single unit is always {output.number('least'):g}: {when}this model "
                "cannot learn.",
                code.span(activation) if activation is not None else span,
                repairs=partial(_sigmoid, activation, code) if isinstance(activation, ast.Constant) else None,
            )

    def _written(self, analysis: Analysis, code: Code) -> Iterator[Finding]:
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
                continue
            drawn = _drawn_softmax(call, code)
            if drawn is not None:
                choice, values, index = drawn
                named = choice.arguments.get("name")
                name = code.value(named, default=None) if named is not None else None
                yield self.finding(
                    "The softmax of a single unit is always 1: with "
                    f"{name or 'this choice'} = 'softmax' the model cannot learn.",
                    code.span(values.elts[index]),
                    repairs=partial(_without, values, index, code),
                )


def _given(call: ast.Call, code: Code) -> ast.expr | None:
    """The activation that a layer is given."""
    return code.argument(call, "activation", 0 if code.source(call.func).endswith("Activation") else 1)


def _sigmoid(activation: ast.Constant, code: Code) -> Iterator[Fix]:
    yield Fix("Use sigmoid", (Edit(code.span(activation), requoted(code.source(activation), "sigmoid")),))


def _without(values: Listed, index: int, code: Code) -> Iterator[Fix]:
    """The choice without softmax; with sigmoid in its place where that is not offered yet."""
    element = values.elts[index]
    offered = {code.value(each, default=None) for each in values.elts}
    kept = [each for each in range(len(values.elts)) if each != index]
    dropped = edits.keep_elements(code.module, code.span(values), kept)
    if "sigmoid" in offered and dropped is not None:
        yield Fix("Drop softmax from the choice", dropped, drops=1 / len(values.elts))
    elif isinstance(element, ast.Constant):
        yield Fix(
            "Offer sigmoid instead",
            (Edit(code.span(element), requoted(code.source(element), "sigmoid")),),
            drops=1 / len(values.elts),
        )


def _softmax(call: ast.Call, code: Code) -> ast.Constant | None:
    activation = _activation_of_one(call, code)
    return activation if isinstance(activation, ast.Constant) and activation.value == "softmax" else None


def _activation_of_one(call: ast.Call, code: Code) -> ast.expr | None:
    """The activation of a Dense layer of one unit, as it is written."""
    if class_of(call, code) != "Dense" or not (code.imported(call.func) or "").startswith("keras."):
        return None
    units, activation = code.argument(call, "units", 0), code.argument(call, "activation", 1)
    one = units is not None and code.value(units, default=None) == 1
    return code.resolve(activation) if one and activation is not None else None


def _drawn_softmax(call: ast.Call, code: Code) -> tuple[HpCall, Listed, int] | None:
    """The choice that such a layer draws its activation from, its values, and which of them is softmax."""
    activation = _activation_of_one(call, code)
    choice = code.hp_call(activation) if isinstance(activation, ast.Call) else None
    given = choice.arguments.get("values") if choice is not None and choice.kind == "Choice" else None
    values = code.resolve(given) if given is not None else None
    if choice is None or not isinstance(values, (ast.List, ast.Tuple)):
        return None
    plain = [code.value(each, default=None) for each in values.elts]
    return (choice, values, plain.index("softmax")) if "softmax" in plain else None
