"""HS301."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common import wording
from hypershape.rules.common.failure import BuildFailure, axes, compiles
from hypershape.rules.common.identifiers import requoted
from hypershape.source import Code

_OTHER = {
    "categorical_crossentropy": "sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy": "categorical_crossentropy",
}


class LossDoesNotFitLabels(BuildFailure):
    """The loss cannot compare the model's output with the labels.

    ## What it does
    Takes one training step on a batch with the shapes of the labels, known or declared, and reports a loss that
    refuses them.

    ## Why it matters
    Every trial fails in its first step. Whole-number labels need `sparse_categorical_crossentropy`, one-hot labels
    `categorical_crossentropy`, and the last layer as many units as there are classes.

    ## Fix
    Take the other cross-entropy, or give the last layer the width of the labels.
    """

    code = "HS301"
    name = "loss-does-not-fit-labels"
    kinds = ("loss-mismatch",)
    stages = ("step",)

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(3, activation="softmax")',
            compile='loss="categorical_crossentropy"',
            data="x=(4,) y=()",
            at='"categorical_crossentropy"',
            fixed='loss="sparse_categorical_crossentropy"',
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(3, activation="softmax")',
            compile='loss="categorical_crossentropy"',
            data="x=(4,) y=(3,)",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(3, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy", metrics=["accuracy"]',
            data="x=(4,) y=()",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile='loss="binary_crossentropy", metrics=["accuracy"]',
            data="x=(4,) y=()",
        ),
        Example.layers(
            'model.add(layers.LSTM(hp.Int("units", 4, 8), return_sequences=True))',
            input="(6, 4)",
            head="layers.Dense(3)",
            data="x=(6, 4) y=(6, 3)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        labels, output = axes(error, "labels"), axes(error, "output")
        if labels is None or output is None:
            return "The loss cannot compare the model's output with the labels"
        return f"The loss cannot compare labels of shape {labels} with an output of shape {output}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        losses = _losses(target, code)
        return code.span(losses[0]) if len(losses) == 1 else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        for loss in _losses(target, code):
            if isinstance(loss, ast.Constant) and loss.value in _OTHER:
                name = _OTHER[loss.value]
                yield Fix(f"Use {name}", (Edit(code.span(loss), requoted(code.source(loss), name)),))
        yield from _other_width(target, cause.error, code)
        yield from super().repairs(target, cause, code)


def _losses(target: TargetAnalysis, code: Code) -> list[ast.expr]:
    """What a target compiles as its loss, at each place."""
    given = [code.argument(call, "loss", 1) for call in compiles(target, code)]
    return [loss for loss in given if loss is not None]


def _other_width(target: TargetAnalysis, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The last Dense of the target with as many units as the labels are wide."""
    labels, output = axes(error, "labels"), axes(error, "output")
    if labels is None or output is None or len(labels) != len(output) or labels[-1] is None:
        return
    dense = [
        call for call in code.calls_in(target.target.body) if (code.origin(call.func) or "").endswith("Dense")
    ]
    units = code.argument(dense[-1], "units", 0) if dense else None
    if units is not None and code.value(units, None) == output[-1]:
        yield Fix(
            f"Give the last layer {wording.units(labels[-1])}", (Edit(code.span(units), str(labels[-1])),)
        )
