"""HS301."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from hypershape.fixes.layers import sibling
from hypershape.model import Cause, Edit, Fix, ProbeError, Shape, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, axes, compiles
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.shaping import fewer_axes, more_axes, of_width, repeated, resized
from hypershape.source import Code

_OTHER = {
    "categorical_crossentropy": "sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy": "categorical_crossentropy",
    "CategoricalCrossentropy": "SparseCategoricalCrossentropy",
    "SparseCategoricalCrossentropy": "CategoricalCrossentropy",
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
        Example.layers(
            """
            x = layers.RepeatVector(3)(layers.Dense(hp.Int("units", 4, 8))(x))
            x = layers.GRU(2, return_sequences=True)(x)
            """,
            input="(4,)",
            head="layers.Dense(1)",
            data="x=(4,) y=(5, 1)",
            fixed="layers.RepeatVector(5)",
        ),
        # `accuracy` does not take these either: `fit` asks the loss first.
        Example.search(
            """
            x, y = np.zeros((60, 12, 3), "float32"), np.arange(60) % 4
            kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True).search(x, y)
            """,
            body='model.add(layers.Conv1D(hp.Int("filters", 4, 8), 3))',
            input="(12, 3)",
            head='layers.Dense(4, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy", metrics=["accuracy"]',
            at='"sparse_categorical_crossentropy"',
            fixed="layers.Flatten()",
        ),
        # Neither of two repairs lets the model train alone: the maps are to be flattened, too.
        Example.layers(
            'model.add(layers.Conv2D(hp.Int("filters", 4, 8), 3))',
            input="(6, 6, 1)",
            head='layers.Dense(3, activation="softmax")',
            compile='loss="categorical_crossentropy"',
            data="x=(6, 6, 1) y=()",
            at='"categorical_crossentropy"',
            fixed='loss="sparse_categorical_crossentropy"',
        ),
        Example.layers(
            """
            x = layers.MaxPooling2D(3)(x)
            x = layers.UpSampling2D(3)(layers.Conv2D(hp.Int("filters", 1, 2), 3, padding="same")(x))
            x = layers.Conv2D(1, 1, name="last")(x)
            """,
            input="(8, 8, 1)",
            head="",
            data="x=(8, 8, 1) y=(8, 8, 1)",
            fixed='x = layers.Resizing(8, 8)(layers.Conv2D(1, 1, name="last")(x))',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(2)",
            compile='loss="mae"',
            data="x=(4,) y=()",
            fixed="model.add(layers.Dense(1))",
        ),
        # Keras names the output without its last axis.
        Example.layers(
            'model.add(layers.Embedding(20, hp.Int("units", 4, 8)))',
            input="(6,)",
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy"',
            data="x=(6,) y=(1,)",
            fixed="model.add(layers.Flatten())",
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
        what = f"The loss cannot compare labels of shape {labels} with an output of shape {output}"
        # Of equal shapes only a loss that takes the number of a class refuses any.
        one_hot = labels == output and len(labels) > 1 and (labels[-1] or 0) > 1
        return (
            f"{what}: it takes the number of a class, and the labels look one-hot. This fails"
            if one_hot
            else what
        )

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        losses = _losses(target, code)
        return code.span(losses[0]) if len(losses) == 1 else super().where(error, target, code)

    def seen(self, target: TargetAnalysis, cause: Cause, code: Code) -> ProbeError:
        """Keras drops a last axis of size 1 before it compares, and names what is left; a backend names neither shape."""
        error, given = cause.error, cause.first.output_shapes
        told = axes(error, "output")
        labels, output = _compared(target, cause, error)
        if told is None and None not in (labels, output) and labels != output:
            return replace(error, details={**error.details, "labels": labels, "output": output})
        if told is None or len(given) != 1 or given[0][1:] != (*told[1:], 1):
            return error
        return replace(error, details={**error.details, "output": given[0]})

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        labels, output = _compared(target, cause, self.seen(target, cause, code))
        # One axis too many of a row of scores is that of the classes: labels that are numbers, and another loss.
        loss_first = labels is not None and output is not None and len(output) == len(labels) + 1 <= 3
        if labels is not None and output is not None:
            if len(output) > len(labels) and not loss_first:
                yield from fewer_axes(target, code)
            elif len(output) < len(labels) and len(labels) > 2:
                yield from more_axes(target, code)
            elif len(labels) == len(output) and labels[-1] not in (None, output[-1]):
                yield from of_width(target, output[-1], labels[-1] or 1, code)
            yield from repeated(target, output, labels, code)
            yield from resized(target, output, labels, code)
        others = [fix for loss in _losses(target, code) for fix in _other_loss(loss, labels, output, code)]
        yield from others
        if loss_first:
            if not others and output is not None:
                yield from of_width(target, output[-1], 1, code)
            yield from fewer_axes(target, code)
        yield from super().repairs(target, cause, code)


def _losses(target: TargetAnalysis, code: Code) -> list[ast.expr]:
    """What a target compiles as its loss, at each place."""
    given = [code.argument(call, "loss", 1) for call in compiles(target, code)]
    return [loss for loss in given if loss is not None]


def _compared(target: TargetAnalysis, cause: Cause, error: ProbeError) -> tuple[Shape | None, Shape | None]:
    """The shapes of labels and output, as Keras names them, else as they are known."""
    labels, output = axes(error, "labels"), axes(error, "output")
    data = target.known_data
    if labels is None and data is not None and len(data.y) == 1:
        labels = (None, *data.y[0])
    if output is None and len(cause.first.output_shapes) == 1:
        output = cause.first.output_shapes[0]
    return labels, output


def _other_loss(loss: ast.expr, labels: Shape | None, output: Shape | None, code: Code) -> Iterator[Fix]:
    """The cross-entropy for labels of the other form, as the file writes the one that it has."""
    for node in ast.walk(code.resolve(loss)):
        if isinstance(node, ast.Constant) and node.value in _OTHER:
            name = _OTHER[node.value]
            yield Fix(f"Use {name}", (Edit(code.span(node), requoted(code.source(node), name)),))
        elif isinstance(node, (ast.Attribute, ast.Name)):
            name = _OTHER.get((code.origin(node) or "").rpartition(".")[2], "")
            written = sibling(node, name, code) if name else None
            if written is not None:
                yield Fix(f"Use {name}", (Edit(code.span(node), written[0]), *written[1]))
    if output is None or labels is None or len(output) != len(labels) + 1 or output[-1] in (None, 1):
        return
    # Two units and `binary_crossentropy`: class numbers are compared with a probability for each class.
    if isinstance(loss, ast.Constant) and loss.value == "binary_crossentropy":
        name = "sparse_categorical_crossentropy"
        yield Fix(f"Use {name}", (Edit(code.span(loss), requoted(code.source(loss), name)),))
