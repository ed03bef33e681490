"""HS305."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Cause, Edit, Finding, Fix, ProbeError, Repairs, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, axes, compiles
from hypershape.rules.common.shaping import as_column, one_hot
from hypershape.rules.common.wording import listed
from hypershape.source import Code


class MetricCannotBeComputed(BuildFailure):
    """A metric does not fit the model's outputs or the labels.

    ## What it does
    Takes one training step, which computes every compiled metric, on the known or declared shapes.

    ## Why it matters
    `F1Score` wants labels with an axis for the classes; a model with two outputs wants its metrics by output. Every
    trial fails in its first step.

    ## Fix
    One list of metrics for each output, a dictionary by output, or a metric that takes these labels.
    """

    code = "HS305"
    name = "metric-cannot-be-computed"
    kinds = ("metric",)
    stages = ("compile", "step")

    INVALID = (
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.ones((8, 4)), np.arange(8) % 3)
            """,
            body='model.add(layers.Dense(hp.Int("units", 2, 4)))\nmodel.add(layers.Dense(3, activation="softmax"))',
            compile='loss="sparse_categorical_crossentropy", metrics=[keras.metrics.MeanIoU(num_classes=3)]',
            at="[keras.metrics.MeanIoU(num_classes=3)]",
            fixed="[keras.metrics.MeanIoU(num_classes=3, sparse_y_pred=False)]",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(3, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.F1Score()]',
            data="x=(4,) y=()",
            at='["accuracy", keras.metrics.F1Score()]',
            fixed='metrics=["accuracy"]',
        ),
        Example.layers(
            """
            hidden = layers.Dense(hp.Int("units", 4, 8))(x)
            price = layers.Dense(1, name="price")(hidden)
            sold = layers.Dense(1, activation="sigmoid", name="sold")(hidden)
            x = [price, sold]
            """,
            input="(4,)",
            head="",
            compile='loss={"price": "mse", "sold": "binary_crossentropy"}, metrics=["mae"]',
            at='["mae"]',
            fixed='metrics={"price": ["mae"], "sold": ["mae"]}',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(3, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy", metrics=[keras.metrics.Accuracy(name="right")]',
            data="x=(4,) y=()",
            at='[keras.metrics.Accuracy(name="right")]',
            fixed='metrics=[keras.metrics.SparseCategoricalAccuracy(name="right")]',
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(3, activation="softmax")',
            compile='loss="categorical_crossentropy", metrics=["accuracy", keras.metrics.F1Score()]',
            data="x=(4,) y=(3,)",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy", metrics=["accuracy", "AUC", keras.metrics.Precision()]',
            data="x=(4,) y=()",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        labels, output = axes(error, "labels"), axes(error, "output")
        if labels is None or output is None:
            return "A metric cannot be computed from the model's outputs and the labels"
        return f"`{error.details.get('metric')}` cannot compare labels of shape {labels} with an output of shape {output}"

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for finding in super().check(analysis):
            cause = finding.cause
            target = next(each for each in analysis.targets if cause in each.causes)
            assert cause is not None
            yield replace(
                finding, repairs=partial(_with_labels, finding.repairs, cause.error, target, analysis)
            )

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        found = _metrics(target, code)
        return code.span(found[0]) if len(found) == 1 else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        for call in compiles(target, code):
            node = code.argument(call, "metrics", 3)
            if isinstance(node, ast.List):
                yield from _for_each_output(node, call, target, code)
                yield from _left_out(node, cause.error, code)
        yield from super().repairs(target, cause, code)


def _for_each_output(metrics: ast.List, call: ast.Call, target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """The same metrics for every output, as Keras 2 took one flat list: by the names that the losses have, else in order."""
    if any(isinstance(each, (ast.List, ast.Tuple, ast.Dict)) for each in metrics.elts):
        return
    loss, same = code.argument(call, "loss", 1), code.source(metrics)
    loss = code.resolve(loss) if loss is not None else None
    names = (
        [each.value for each in loss.keys if isinstance(each, ast.Constant)]
        if isinstance(loss, ast.Dict)
        else []
    )
    outputs = {len(report.output_shapes) for report in target.reports if report.output_shapes}
    text = None
    if isinstance(loss, ast.Dict) and len(names) == len(loss.keys) > 1:
        text = "{" + ", ".join(f"{name!r}: {same}" for name in names).replace("'", '"') + "}"
    elif len(outputs) == 1 and min(outputs) > 1:
        text = f"[{', '.join([same] * min(outputs))}]"
    if text is not None and "\n" not in same:
        yield Fix("Give each output its own list of these metrics", (Edit(code.span(metrics), text),))


def _with_labels(
    repairs: Repairs, error: ProbeError, target: TargetAnalysis, analysis: Analysis
) -> Iterator[Fix]:
    """The labels in the form that metrics take, as a column or one-hot, then the repairs that leave the data alone."""
    labels, output = axes(error, "labels"), axes(error, "output")
    yield from _of_probabilities(error, target, analysis.module.code)
    if labels is not None and output is not None and len(labels) < len(output):
        yield from _of_classes(target, analysis.module.code)
    if labels is not None and output is not None and len(output) == 2 and labels in ((None,), (None, 1)):
        if output[1] == 1:
            yield from as_column(target, analysis)
        else:
            yield from one_hot(target, output[1] or 0, analysis)
    yield from repairs()


def _of_classes(target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """The metric that tells how often the likeliest class is right, for the one that compares numbers with numbers."""
    for metrics in _metrics(target, code):
        for each in metrics.elts if isinstance(metrics, ast.List) else ():
            if not isinstance(each, ast.Call) or code.imported(each.func) != "keras.metrics.Accuracy":
                continue
            if not each.args and not each.keywords:
                yield Fix('Use "accuracy"', (Edit(code.span(each), '"accuracy"'),))
            elif isinstance(each.func, ast.Attribute):
                made = f"{code.source(each.func.value)}.SparseCategoricalAccuracy"
                yield Fix("Use SparseCategoricalAccuracy", (Edit(code.span(each.func), made),))


def _of_probabilities(error: ProbeError, target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """A metric of classes that is told to take the likeliest one, where the model gives a number for each and the labels
    are classes. Which metrics can is for a trial of it to show."""
    labels, output = axes(error, "labels"), axes(error, "output")
    if (
        not labels
        or not output
        or (output[-1] or 0) < 2
        or tuple(labels) not in (output[:-1], (*output[:-1], 1))
    ):
        return
    for metrics in _metrics(target, code):
        for each in code.calls_in(code.span(metrics)):
            if (code.origin(each.func) or "").rpartition(".")[2] == error.details.get("metric"):
                added = edits.add_argument(code.module, code.span(each), "sparse_y_pred", "False")
                if added is not None:
                    yield Fix("Compare the likeliest class", (added,))


def _left_out(metrics: ast.List, error: ProbeError, code: Code) -> Iterator[Fix]:
    """The list of metrics without those that are known to fail, else without each one in turn."""
    told = error.details.get("refused")
    refused = [each for each in told if isinstance(each, int)] if isinstance(told, tuple) else []
    if len(refused) > 1 and max(refused) < len(metrics.elts):
        keep = [each for each in range(len(metrics.elts)) if each not in refused]
        made = edits.keep_elements(code.module, code.span(metrics), keep)
        if made:
            yield Fix(f"Leave out {listed(code.source(metrics.elts[each]) for each in refused)}", made)
        return
    for index, element in enumerate(metrics.elts):
        keep = [each for each in range(len(metrics.elts)) if each != index]
        made = edits.keep_elements(code.module, code.span(metrics), keep)
        if made:
            yield Fix(f"Leave out {code.source(element)}", made)


def _metrics(target: TargetAnalysis, code: Code) -> list[ast.expr]:
    """What a target compiles as its metrics, at each place."""
    given = [code.argument(call, "metrics", 3) for call in compiles(target, code)]
    return [metrics for metrics in given if metrics is not None]
