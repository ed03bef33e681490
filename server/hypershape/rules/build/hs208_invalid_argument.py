"""HS208."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.fixes.tighten import replace_value
from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, innermost, layer_call
from hypershape.source import Code


class InvalidArgument(BuildFailure):
    """A layer or optimizer is given a value that it does not take: 32.0 or 0 units, a rate above 1, None.

    ## What it does
    Builds the model over the search space and reports arguments that Keras refuses, with the hyperparameters to
    blame.

    ## Why it matters
    `hp.Float` draws floats even where they are whole, and a hyperparameter that is read outside its
    `conditional_scope` is None; layers refuse both.

    ## Fix
    Draw an `hp.Int`, keep the range within what the layer takes, or read the value inside its scope.
    """

    code = "HS208"
    name = "invalid-argument"
    kinds = ("argument-value",)

    INVALID = (
        Example.layers(
            """
            units = hp.Float("units", 32, 64, step=16)
            model.add(layers.Dense(units))
            """,
            input="(4,)",
            head="",
            fixed="layers.Dense(int(units))",
        ),
        Example.layers(
            """
            units = hp.Int("units", 16, 32, step=8)
            half = units / 2
            model.add(layers.Dense(half))
            """,
            input="(4,)",
            head="",
            fixed="half = units // 2",
        ),
        Example.layers(
            """
            model.add(layers.Dense(CLASSES, activation=hp.Choice("activation", ["softmax", "sigmoid"])))
            """,
            input="(4,)",
            head="",
            before='CLASSES = ["cat", "dog"]',
            fixed="layers.Dense(len(CLASSES)",
        ),
        Example.layers(
            """
            model.add(layers.Dropout(hp.Choice("rate", [0.25, 0.5, 1.5])))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            condition="rate == 1.5",
            fixed="[0.25, 0.5]",
        ),
        Example.layers(
            """
            deep = hp.Boolean("deep")
            with hp.conditional_scope("deep", [True]):
                units = hp.Int("units", 2, 4)
            model.add(layers.Dense(units if deep else units))
            """,
            input="(4,)",
            head="",
            condition="not deep",
            fixed='hp.Fixed("deep", value=True)',
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 0, 4)))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            condition="units == 0",
            fixed='hp.Int("units", 1, 4)',
        ),
        Example.layers(
            """
            model.add(layers.Conv1D(4, hp.Int("kernel", 0, 3), padding="same"))
            """,
            input="(9, 2)",
            condition="kernel == 0",
            fixed='hp.Int("kernel", 1, 3)',
        ),
        Example.layers(
            """
            model.add(layers.Conv1D(4, hp.Float("kernel", 1, 3, step=2)))
            """,
            input="(9, 2)",
            fixed='int(hp.Float("kernel", 1, 3, step=2))',
        ),
        Example.layers(
            """
            model.add(layers.Dropout(hp.Choice("rate", [0.25, 0.5, 1.5])))
            model.add(layers.Dropout(min(hp.Float("other", 0.0, 2.0), 1.0)))
            """,
            input="(4,)",
            condition="rate == 1.5",
            fixed='hp.Choice("rate", [0.25, 0.5])',
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Dense(len(CLASSES), activation=hp.Choice("activation", ["softmax", "sigmoid"])))
            """,
            input="(4,)",
            head="",
            before='CLASSES = ["cat", "dog"]',
        ),
        Example.layers(
            """
            model.add(layers.Dense(int(hp.Float("units", 32, 64, step=16))))
            model.add(layers.Dropout(hp.Float("rate", 0.0, 0.5)))
            """,
            input="(4,)",
            head="",
        ),
        Example.layers(
            """
            model.add(layers.Dense(int(hp.Choice("units", [32.0, 64.0]))))
            model.add(layers.Dropout(hp.Float("rate", 0.0, 1.0)))
            """,
            input="(4,)",
            head="",
        ),
        Example.layers(
            """
            deep = hp.Boolean("deep")
            with hp.conditional_scope("deep", [True]):
                if deep:
                    model.add(layers.Dense(hp.Int("units", 2, 4)))
            """,
            input="(4,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            model.add(layers.Dense(1))
            rate = hp.Choice("rate", [1.0, 0.1])
            """,
            input="(4,)",
            head="",
            compile='keras.optimizers.SGD(learning_rate=rate), loss="mse"',
        ),
        Example.layers(
            """
            model.add(layers.Conv1D(hp.Int("filters", 1, 3), 3, padding="causal"))
            """,
            input="(9, 2)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        owner = f"`{error.layer_class}`" if error.layer_class else "This call"
        name, value = error.details.get("argument"), error.details.get("value")
        if value is None:
            return f"{owner} gets no value for `{name}` (None: the hyperparameter is inactive here)"
        # As of `units=8.0`, where a share of 2.0 is simply too much.
        whole = isinstance(value, float) and value.is_integer() and "least" not in error.details
        return f"{owner} does not take {f'the float {value}' if whole else value} for `{name}`"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from _converted(cause.error, code)
        yield from _numbered(target, cause.error, code)
        if cause.error.details.get("most") == 1:
            yield from _within_0_and_1(target, cause, code)
        yield from super().repairs(target, cause, code)


_POSITIONS = dict.fromkeys(("units", "filters", "rate", "learning_rate", "pool_size"), 0) | {"kernel_size": 1}
"""Where the arguments stand that are written without their names."""


def _converted(error: ProbeError, code: Code) -> Iterator[Fix]:
    """`int(…)` around a whole float, `float(…)` around a learning rate that is a whole number."""
    name, value = str(error.details.get("argument")), error.details.get("value")
    whole = isinstance(value, float) and value.is_integer()
    kind = "int" if whole else "float" if name == "learning_rate" else None
    span = innermost(error, code)
    call = layer_call(error, code) or next(iter(code.calls_in(span) if span else ()), None)
    if call is None:
        return
    position = _POSITIONS.get(name)
    written = code.argument(call, name, position)
    if written is None:
        return
    if isinstance(value, float):
        yield from _divided(written, code)
    if kind is None:
        return
    names = (name,) if position is None else (name, str(position))
    edit = edits.replace_argument(code.module, code.span(call), names, f"{kind}({code.source(written)})")
    if edit is not None:
        yield Fix(f"Convert the value with {kind}()", (edit,))


def _divided(written: ast.expr, code: Code) -> Iterator[Fix]:
    """`//` in place of the `/` that made a whole number a float, where it stands or where the name is bound."""
    value = code.resolve(written)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        whole = f"{code.source(value.left)} // {code.source(value.right)}"
        yield Fix("Divide to whole numbers with //", (Edit(code.span(value), whole),))


def _numbered(target: TargetAnalysis, error: ProbeError, code: Code) -> Iterator[Fix]:
    """`len(…)` around a list that stands where its length is wanted."""
    refused, span = error.details.get("value"), innermost(error, code) or target.target.span
    if not isinstance(refused, (str, tuple)):
        return
    for call in code.calls_in(span):
        for node in (*call.args, *(each.value for each in call.keywords)):
            value = code.value(node, default=None) if not isinstance(node, ast.Starred) else None
            if (
                isinstance(value, (list, tuple))
                and value
                and str(list(value)) in (refused, str(list(refused)))
            ):
                yield Fix("Give the number of them", (Edit(code.span(node), f"len({code.source(node)})"),))
                return


def _within_0_and_1(target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
    """A maximum of 1 for the only Float that is drawn above it, of those that the failure depends on."""
    wide = [
        each
        for each in target.hyperparameters
        if (each.kind == "Float" and each.values is None and each.max is not None and each.max > 1)
        and (cause.condition is None or each.name in cause.names)
    ]
    call = code.hp_call_at(wide[0].span) if len(wide) == 1 else None
    edit = replace_value(call, "max_value", "1.0", code) if call is not None else None
    if edit is not None:
        yield Fix(f"Lower the maximum of {wide[0].name} to 1.0", (edit,))
