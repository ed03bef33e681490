"""HS304."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Finding, Fix, Severity, TargetAnalysis
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import wording
from hypershape.rules.common.failure import compiles
from hypershape.rules.common.shaping import fewer_axes, fits_labels, more_axes, of_width
from hypershape.source import Code

_LOSSES = (
    "mae", "mape", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error",
    "mean_squared_logarithmic_error", "mse", "msle", "huber", "log_cosh", "poisson",
    "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError",
    "Huber", "LogCosh", "Poisson",
)  # fmt: skip
"""Losses that subtract what the model gives from the labels, whatever their shapes, if NumPy would."""

Shape = tuple[int | None, ...]


class SilentBroadcast(Rule):
    """The model's output and the labels have different shapes, and the loss stretches one of them without a word.

    ## What it does
    Compares the output of every probed model with the labels, declared or known from the search, where the loss is one of differences.

    ## Why it matters
    `mse` of outputs (None, 1) and labels (None, 3) is computed as if the one output were meant for all three: the
    model trains to their mean, and every trial looks fine.

    ## Fix
    As many units as the labels have values; for a recurrent model, `return_sequences=False` on its last layer.
    """

    code = "HS304"
    name = "silent-broadcast"
    severity = Severity.WARNING

    INVALID = (
        Example.layers(
            """
            layer_count = hp.Int("layer_count", 1, 2)
            for index in range(layer_count):
                model.add(layers.GRU(4, return_sequences=index == 0))
            """,
            input="(6, 2)",
            head="layers.Dense(1)",
            data="x=(6, 2) y=(1,)",
            at='"mse"',
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            data="x=(4,) y=(3,)",
            at='"mse"',
            fixed="layers.Dense(3)",
        ),
        Example.layers(
            'model.add(layers.LSTM(hp.Int("units", 4, 8), return_sequences=True))',
            input="(20, 2)",
            head="layers.Dense(1)",
            compile='optimizer="adam", loss="mae"',
            data="x=(20, 2) y=(1,)",
            at='"mae"',
            fixed='layers.LSTM(hp.Int("units", 4, 8), return_sequences=False)',
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.zeros((100, 4)), np.zeros((100, 1)))
            """,
            head="layers.Dense(3)",
            at='"mse"',
            fixed="layers.Dense(1)",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(np.zeros((100, 4)), np.zeros((100, 3)))
            """,
            head="layers.Dense(1)",
            compile="loss=keras.losses.Huber()",
            at="keras.losses.Huber()",
            fixed="layers.Dense(3)",
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            data="x=(4,) y=()",
        ),
        Example.layers(
            'model.add(layers.LSTM(hp.Int("units", 4, 8), return_sequences=True))',
            input="(20, 2)",
            head="layers.Dense(1)",
            data="x=(20, 2) y=(20,)",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile="loss=farthest",
            before="""
            def farthest(wanted, given):
                return keras.ops.max(keras.ops.abs(wanted - given), axis=-1)
            """,
            data="x=(4,) y=(3,)",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(Model(), "loss", max_trials=3, overwrite=True)
            tuner.search(np.zeros((100, 4)), np.zeros((100, 1)))
            """,
            head="layers.Dense(3)",
            fit="""
            def fit(self, hp, model, x, y, **kwargs):
                return model.fit(x, np.repeat(y, 3, axis=1), **kwargs)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for target in analysis.targets:
            loss, stretched = _loss(target, code), _stretched(target)
            if loss is None or stretched is None:
                continue
            labels, output, when = stretched
            yield self.finding(
                f"The labels have the shape {labels} but the model gives {output}{when}: this loss stretches one to fit "
                "the other, without an error.",
                code.span(loss),
                target=target.target.name,
                repairs=partial(_repairs, labels, output, target, code),
            )


def _repairs(labels: Shape, output: Shape, target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    if len(output) > len(labels):
        yield from fewer_axes(target, code)
    if len(output) < len(labels):
        yield from more_axes(target, code)
    if len(labels) == len(output) and labels[-1] is not None:
        yield from of_width(target, output[-1], labels[-1], code)


def _loss(target: TargetAnalysis, code: Code) -> ast.expr | None:
    """The loss, where the target compiles once and names one of differences."""
    losses = [code.argument(call, "loss", 1) for call in compiles(target, code)]
    loss = losses[0] if len(losses) == 1 else None
    if loss is None:
        return None
    made = code.resolve(loss)
    name = code.value(loss, default=None)
    if name is None:
        name = (code.imported(made.func if isinstance(made, ast.Call) else made) or "").rpartition(
            ".losses."
        )[2]
    return loss if name in _LOSSES else None


def _stretched(target: TargetAnalysis) -> tuple[Shape, Shape, str] | None:
    """The shapes of the labels and of an output that does not fit, and with which values, where others have one that does."""
    data = target.known_data
    if data is None or len(data.y) != 1:
        return None
    labels: Shape = (None, *data.y[0])
    seen = [
        report
        for report in target.reports
        # A report that used no data is of a model whose own training loop may turn it into other data.
        if report.verdict == "ok" and report.data in ("known", "declared")
    ]
    if not seen or any(len(report.output_shapes) != 1 for report in seen):
        return None
    apart = [report for report in seen if not fits_labels(labels, report.output_shapes[0])]
    if len(apart) < len(seen):
        # Where some models fit, a width that is drawn may be meant; an axis more or less hardly is.
        apart = [report for report in apart if len(report.output_shapes[0]) != len(labels)]
    if not apart:
        return None
    first = apart[0]
    fitting = [report.configuration for report in seen if fits_labels(labels, report.output_shapes[0])]
    telling = [
        name
        for name, value in first.configuration.items()
        if all(name not in each or each[name] != value for each in fitting)
    ]
    when = (
        f" with {wording.values(first.configuration, telling[:1] or first.configuration)}" if fitting else ""
    )
    return labels, first.output_shapes[0], when
