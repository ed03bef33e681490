"""HS312."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Edit, Finding, Fix, Severity, Span
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.seen import Output, call_at, outputs, place
from hypershape.source import Code

_OF_PROBABILITIES = (
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy",
)
"""Losses of Keras that take the logarithm of what a model gives, cut off at 0 and 1."""

_OF_DISTANCE = (
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
)
"""Losses of Keras that measure how far an output is from its label."""

_OUTSIDE = 0.05
"""Labels that stand out by less than this part of their range may be what little noise there is."""


class OutputApartFromLabels(Rule):
    """The model cannot give what the loss compares it with.

    ## What it does
    Looks at what the last layer of a rehearsed model can give (the range of its activation), at what its loss of
    Keras's compares, and at the smallest and the largest label of the search, wherever they come from: numbers of any
    size for a loss of probabilities, a single unit for one of several classes, labels that no output can reach or that
    the loss does not expect.

    ## Why it matters
    Nothing is raised. Every trial trains, learns little or nothing, and gets a score.

    ## Fix
    `sigmoid` for two classes and `softmax` for more, or `from_logits=True` in the loss; no activation where numbers of
    any size are to be predicted.
    """

    code = "HS312"
    name = "output-apart-from-labels"
    severity = Severity.WARNING
    rehearsed = True

    INVALID = (
        Example.search(
            """
            x, y = np.random.rand(60, 4), np.arange(60) % 3
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.25)
            """,
            head="layers.Dense(3)",
            compile='loss="sparse_categorical_crossentropy"',
            at="layers.Dense",
            fixed='layers.Dense(3, activation="softmax")',
        ),
        Example.search(
            """
            x, y = np.random.rand(60, 4), np.random.rand(60, 1) * 400
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.25)
            """,
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="mse"',
            at='"sigmoid"',
            fixed='layers.Dense(1, activation="linear")',
        ),
        Example.search(
            """
            x, y = np.random.rand(60, 4), np.arange(60) % 2 * 2 - 1
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.25)
            """,
            head='layers.Dense(1, activation="sigmoid")',
            compile='loss="binary_crossentropy"',
            at='"sigmoid"',
        ),
    )
    VALID = (
        Example.search(
            """
            x, y = np.random.rand(60, 4), np.arange(60) % 3
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.25)
            """,
            head="layers.Dense(3)",
            compile="loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        ),
        Example.search(
            """
            x, y = np.random.rand(60, 4), np.random.rand(60, 1) * 400
            tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, overwrite=True)
            tuner.search(x, y, validation_split=0.25)
            """,
            head='layers.Dense(1, activation="relu")',
            compile='loss="mse"',
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for output in outputs(analysis, lambda each: _what(each) is not None):
            where = _where(output, code)
            if where is not None:
                yield self.finding(
                    f"{_what(output)}{f' (with {output.when})' if output.when else ''}. No error is raised.",
                    where,
                    repairs=partial(_repairs, output, code),
                )


def _what(output: Output) -> str | None:
    """What is apart, as the beginning of a sentence; that an output is the same for all has a rule of its own."""
    loss, fields = output.fields.get("loss"), output.fields
    if output.is_constant:
        return None
    if loss in _OF_PROBABILITIES and not fields.get("from_logits"):
        return _no_probability(output) or _no_such_class(output) or _labels_outside(output)
    if loss in _OF_DISTANCE:
        return _out_of_reach(output)
    return None


def _no_probability(output: Output) -> str | None:
    if "least" not in output.fields:
        return None
    least, most = output.number("least"), output.number("most")
    if least is not None and most is not None and least >= 0 and most <= 1:
        return None
    given = output.fields["activation"]
    return (
        f"`{output.fields['loss']}` compares probabilities, but this output ({given}) gives {_range(least, most)}: "
        "what lies outside of 0 to 1 is cut off and learns nothing"
    )


def _no_such_class(output: Output) -> str | None:
    loss = output.fields["loss"]
    if loss.startswith("categorical") and output.fields.get("width") == 1:
        return f"`{loss}` over a single unit is always 0: this model cannot learn"
    return None


def _labels_outside(output: Output) -> str | None:
    least, most = output.label("min"), output.label("max")
    if not output.fields["loss"].startswith("binary") or least is None or most is None:
        return None
    if least >= 0 and most <= 1:
        return None
    return f"`{output.fields['loss']}` compares labels from 0 to 1, but those of the search go from {least:g} to {most:g}"


def _out_of_reach(output: Output) -> str | None:
    low, high = output.label("min"), output.label("max")
    if low is None or high is None or "least" not in output.fields:
        return None
    least, most = output.number("least"), output.number("most")
    slack = (high - low) * _OUTSIDE
    below = least is not None and low < least - slack
    above = most is not None and high > most + slack
    if not below and not above:
        return None
    return (
        f"The labels go from {low:g} to {high:g}, but this output ({output.fields['activation']}) gives "
        f"{_range(least, most)}: they cannot be reached"
    )


def _range(least: float | None, most: float | None) -> str:
    if least is None or most is None:
        return (
            "any number"
            if least is most
            else f"nothing below {least:g}"
            if most is None
            else f"nothing above {most:g}"
        )
    return f"numbers from {least:g} to {most:g}"


def _where(output: Output, code: Code) -> Span | None:
    """The activation as it is written where the layer is made, else the layer."""
    span = place(output.fields.get("made"), code)
    call = call_at(span, code) if span is not None else None
    if span is None or call is None:
        return span
    written = _activation(call, code)
    return code.span(written) if written is not None else code.span(call.func)


def _activation(call: ast.Call, code: Code) -> ast.expr | None:
    return code.argument(call, "activation", 0 if code.source(call.func).endswith("Activation") else 1)


def _repairs(output: Output, code: Code) -> Iterator[Fix]:
    span = place(output.fields.get("made"), code)
    call = call_at(span, code) if span is not None else None
    wanted = _wanted(output)
    if call is None or wanted is None:
        return
    written = _activation(call, code)
    constant = code.resolve(written) if written is not None else None
    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
        text = requoted(code.source(constant), wanted)
        yield Fix(f"Use {wanted}", (Edit(code.span(constant), text),))
    elif written is None and output.fields.get("layer") == "Dense":
        edit = edits.append_argument(code.module, code.span(call), f'activation="{wanted}"')
        if edit is not None:
            yield Fix(f"Use {wanted}", (edit,))


def _wanted(output: Output) -> str | None:
    """The activation whose range is that of the labels."""
    if output.fields["loss"] in _OF_DISTANCE:
        return "linear"
    if _no_probability(output) is None:
        return None
    binary = output.fields["loss"].startswith("binary") or output.fields.get("width") == 1
    return "sigmoid" if binary else "softmax"
