"""HS308."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span, TargetAnalysis
from hypershape.rules.base import Example, Rule
from hypershape.rules.common import fate
from hypershape.rules.common.failure import compiles
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.rehearsed import LABEL, stories
from hypershape.rules.common.seen import Output, outputs, place
from hypershape.rules.common.shaping import from_zero, of_width
from hypershape.source import Code


class LabelOutOfRange(Rule):
    """The labels number more classes than the last layer has units.

    ## What it does
    Compares the highest class number among the labels of a search, or among those that a rehearsal saw a model being
    given, with the width of the model's output, where the loss is a sparse cross-entropy.

    ## Why it matters
    TensorFlow on a CPU and PyTorch fail in the first step that meets such a label. With JAX the loss of such a sample is
    0 whatever the model gives, and on a GPU TensorFlow's is NaN: nothing says so.

    ## Fix
    As many units as there are classes, counted from 0: labels from 1 to 10 need 11 units, or 1 taken from each.
    Where the labels begin above 0 and would fit otherwise, that is offered first.
    """

    code = "HS308"
    name = "label-out-of-range"
    severity = Severity.ERROR

    INVALID = (
        Example.search(
            """
            x, y = np.zeros((60, 4)), np.arange(60) % 5
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y)
            """,
            head='layers.Dense(4, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy"',
            at='"sparse_categorical_crossentropy"',
            fixed='layers.Dense(5, activation="softmax")',
        ),
        Example.search(
            """
            x, y = np.zeros((60, 4)), np.arange(60) % 5
            highest = int(y.max())
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y)
            """,
            head='layers.Dense(highest, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy"',
            at='"sparse_categorical_crossentropy"',
            fixed='layers.Dense(5, activation="softmax")',
        ),
        Example.search(
            """
            class Trained(kt.HyperModel):
                def build(self, hp):
                    return build_model(hp)

                def fit(self, hp, model, table, **kwargs):
                    return model.fit(table[:, :4], table[:, 4].astype(int), **kwargs)


            table = np.concatenate([np.zeros((60, 4)), np.arange(60)[:, None] % 5], axis=1)
            tuner = kt.RandomSearch(Trained(), "loss", max_trials=3, overwrite=True)
            tuner.search(table)
            """,
            head='layers.Dense(4, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy"',
            at='"sparse_categorical_crossentropy"',
            played=True,
        ),
        Example.search(
            """
            x, y = np.zeros((60, 4)), np.arange(60) % 4 + 1
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_data=(x[:20], y[:20]))
            """,
            head='layers.Dense(4, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy"',
            at='"sparse_categorical_crossentropy"',
            fixed="tuner.search(x, y - 1, validation_data=(x[:20], y[:20] - 1))",
        ),
        Example.search(
            """
            x, price, kind = np.zeros((60, 4)), np.linspace(0.5, 9, 60), np.arange(60) % 3
            tuner = kt.RandomSearch(build_two, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, [kind, price], validation_data=(x, [kind, price]))
            """,
            before="""
            def build_two(hp):
                inputs = keras.Input((4,))
                x = layers.Dense(hp.Int("units", 4, 6))(inputs)
                outputs = [layers.Dense(1)(x), layers.Dense(3, activation="softmax")(x)]
                model = keras.Model(inputs, outputs)
                model.compile(loss=["mse", "sparse_categorical_crossentropy"])
                return model
            """,
            at='layers.Dense(3, activation="softmax")',
            fixed="tuner.search(x, [price, kind], validation_data=(x, [price, kind]))",
            played=True,
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.zeros((60, 4)), np.arange(60) % 5
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y)
            """,
            head='layers.Dense(5, activation="softmax")',
            compile='loss="sparse_categorical_crossentropy"',
        ),
        Example.search(
            """
            x, y = np.zeros((60, 4)), np.arange(60) % 5
            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(x, y)
            """,
            head="layers.Dense(1)",
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        told = []
        for target in analysis.targets:
            data, loss = target.searched, _sparse(target, code)
            width = _widest(target)
            if data is None or data.y_max is None or loss is None or width is None or width > data.y_max:
                continue
            told.append(target.target)
            yield self._found(target, width, data.y_max, code.span(loss), analysis)
        for output in outputs(analysis, _is_exceeded):
            given = analysis.given_to(output.tuner.call.span)
            where = place(output.fields.get("made"), code)
            if given is None or where is None or given.target in told:
                continue
            if (number := _measure(output)) is not None:
                yield self._measured(given, number, output, where, analysis)
                continue
            loss = _sparse(given, code)
            where = code.span(loss) if loss is not None else where
            yield self._found(given, output.fields["width"], int(output.label("max") or 0), where, analysis)

    def _measured(
        self, target: TargetAnalysis, number: float, output: Output, where: Span, analysis: Analysis
    ) -> Finding:
        return self.finding(
            f"The labels of this output are numbers such as {number:.3g}, and its loss "
            f"{output.fields.get('loss')} takes classes: a step fails.{_end(target, analysis)}",
            where,
            target=target.target.name,
            repairs=partial(_exchanged, analysis),
        )

    def _found(
        self, target: TargetAnalysis, width: int, highest: int, where: Span, analysis: Analysis
    ) -> Finding:
        given = f"{width} numbers, for the classes 0 to {width - 1}" if width > 1 else "one, for the class 0"
        silent = analysis.environment is not None and analysis.environment.backend == "jax"
        end = (
            "with JAX nothing fails, and the loss of such a label is 0 whatever the model gives"
            if silent
            else "a step that meets such a label fails"
        )
        return self.finding(
            f"The labels go up to {highest}, but the model gives {given}: {end}.{_end(target, analysis)}",
            where,
            severity=Severity.WARNING if silent else Severity.ERROR,
            target=target.target.name,
            repairs=partial(_repairs, target, width, highest, analysis),
        )


def _end(target: TargetAnalysis, analysis: Analysis) -> str:
    """What becomes of a search that was seen to meet such a label."""
    met = (
        each
        for each in stories(analysis)
        if each.explored(analysis) is target and LABEL in each.error.message
    )
    return next((f" {fate.sentence(each, target)}" for each in met), "")


def _repairs(target: TargetAnalysis, width: int, highest: int, analysis: Analysis) -> Iterator[Fix]:
    """The loss of a single probability where there are two classes; labels from 0; as many numbers as classes."""
    code = analysis.module.code
    loss = _sparse(target, code)
    lowest = target.searched.y_min if target.searched is not None else None
    if lowest and highest - lowest < width:
        yield from from_zero(target, lowest, analysis)
    if (width, highest) == (1, 1) and isinstance(loss, ast.Constant):
        text = requoted(code.source(loss), "binary_crossentropy")
        yield Fix("Use binary_crossentropy", (Edit(code.span(loss), text),))
    yield from of_width(target, width, highest + 1, code)


def _measure(output: Output) -> float | None:
    """A label between whole numbers, which is no class."""
    ends = (output.label("min"), output.label("max"))
    return next((each for each in ends if each is not None and not float(each).is_integer()), None)


def _exchanged(analysis: Analysis) -> Iterator[Fix]:
    """The labels of two outputs in the other order, in all pairs of the same two names that the searches are given."""
    code = analysis.module.code
    found: list[ast.Tuple | ast.List] = [*code.every(ast.Tuple), *code.every(ast.List)]
    pairs = [each for each in found if len(each.elts) == 2 and _is_labels(each, code)]
    written = [[code.source(part) for part in each.elts] for each in pairs]
    if len({tuple(each) for each in written}) == 1:
        one, other = written[0]
        changed = [
            Edit(code.span(part), text)
            for each in pairs
            for part, text in zip(each.elts, (other, one), strict=True)
        ]
        yield Fix(f"Give {other} before {one}", tuple(changed))


def _is_labels(pair: ast.Tuple | ast.List, code: Code) -> bool:
    """Whether a pair of names stands where labels do: after the inputs of data, or as those of a search."""
    around = code.parents.get(pair)
    named = isinstance(pair.ctx, ast.Load) and all(
        isinstance(each, (ast.Name, ast.Subscript)) for each in pair.elts
    )
    if isinstance(around, ast.Tuple):
        return named and len(around.elts) in (2, 3) and around.elts[1] is pair
    searches = [each.span for tuner in code.module.tuners for each in tuner.searches]
    if not isinstance(around, ast.Call) or code.span(around) not in searches:
        return False
    return named and code.argument(around, "y", 1) is pair


def _is_exceeded(output: Output) -> bool:
    """Whether a rehearsed model was given a class that it has no number for."""
    width, highest = output.number("width"), output.label("max")
    sparse = output.fields.get("loss") == "sparse_categorical_crossentropy"
    return sparse and width is not None and highest is not None and highest >= width


def _sparse(target: TargetAnalysis, code: Code) -> ast.expr | None:
    """The loss of a target that compiles once with a sparse cross-entropy."""
    losses = [code.argument(call, "loss", 1) for call in compiles(target, code)]
    if len(losses) != 1 or losses[0] is None:
        return None
    loss = losses[0]
    made = loss.func if isinstance(loss, ast.Call) else loss
    name = code.value(loss, default=None) or (code.origin(made) or "").rpartition(".")[2]
    plain = not isinstance(loss, ast.Call) or code.argument(loss, "ignore_class") is None
    return (
        loss
        if plain and name in ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")
        else None
    )


def _widest(target: TargetAnalysis) -> int | None:
    """The widest single output of all that was built; None where a width is not known."""
    shapes = [
        report.output_shapes[0][-1] if len(report.output_shapes) == 1 and report.output_shapes[0] else None
        for report in target.reports
        # A report that used no data is of a model whose own training loop may turn it into other data.
        if report.verdict == "ok" and report.data == "known"
    ]
    widths = [each for each in shapes if each is not None]
    return max(widths) if widths and len(widths) == len(shapes) else None
