"""HS302."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypershape.fixes.syntax import Code
from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common import wording
from hypershape.rules.common.failure import BuildFailure, input_shapes


class DataDoesNotFitInput(BuildFailure):
    """The data of the search does not have the shape that the model takes.

    ## What it does
    Runs the model on a batch with the shapes of the data, known or declared.

    ## Why it matters
    Every trial fails in its first step.

    ## Fix
    Take the input shape from the data: `keras.Input(x_train.shape[1:])`.
    """

    code = "HS302"
    name = "data-does-not-fit-input"
    pattern = re.compile(
        r"expected axis -?\d+ of input shape to have value|expected shape=|Invalid input shape for input"
        r"|expects \d+ input\(s\), but it received \d+ input"
    )
    stages = ("step",)

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(9,)",
            head="layers.Dense(1)",
            data="x=(8,) y=(1,)",
            at="(9,)",
            fixed="keras.Input((8,))",
        ),
        Example.layers(
            'model.add(layers.Conv2D(hp.Int("filters", 4, 8), 3))',
            input="(30, 30, 1)",
            data="x=(28, 28) y=(1,)",
            at="(30, 30, 1)",
            fixed="keras.Input((28, 28, 1))",
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(9,)",
            head="layers.Dense(1)",
            data="x=(9,) y=(1,)",
        ),
        Example(
            """
            # hypershape: x=(9,) y=(1,)
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 4, 8)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
        Example.layers('model.add(layers.Conv2D(hp.Int("filters", 2, 4), 3))', data="x=(28, 28) y=(1,)"),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        given = _given(error.message)
        taken = re.search(r"expected shape=(\([^)]*\))", error.message)
        if given and taken:
            return f"The model takes inputs of shape {_sample(taken[1])} but the data has the shape {_sample(given)}"
        inner = re.search(r"to have value (\d+), but received input with shape (\([^)]*\))", error.message)
        if inner and given and wording.shape(given) != wording.shape(inner[2]):
            width = (wording.shape(inner[2]) or (None,))[-1]
            return (
                f"The data has the shape {_sample(given)}, which the model does not take: "
                f"`{error.layer_class or 'a layer'}` gets {width} values where it was made for {inner[1]}"
            )
        if inner:
            return (
                f"The model takes inputs of width {inner[1]} but the data has the shape {_sample(inner[2])}"
            )
        return "The data does not have the shape that the model takes"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        declared = list(input_shapes(target.target.body, code))
        return code.span(declared[0]) if len(declared) == 1 else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        given = _given(cause.error.message)
        axes = wording.shape(given) if given else None
        for shape in input_shapes(target.target.body, code):
            taken = code.value(shape, None)
            if isinstance(taken, tuple) and axes:
                # Keras adds a last axis of size 1 to data that lacks it.
                channels = (1,) if len(taken) == len(axes) and taken[-1] == 1 else ()
                sizes = (*axes[1:], *channels)
                text = f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"
                yield Fix(f"Take inputs of shape {text}", (Edit(code.span(shape), text),))


def _given(message: str) -> str | None:
    """The shape of the batch that the model was given, as a tuple in text, on every backend."""
    found = (
        re.search(r"found shape=(\([^)]*\))", message)
        or re.search(r"inputs=[\w.]+\(shape=(?:torch\.Size\(\[([^\]]*)\]\)|(\([^)]*\)))", message)
        or re.search(r"received input with shape (\([^)]*\))", message)
    )
    if found is None:
        return None
    text = next(each for each in found.groups() if each is not None)
    return text if text.startswith("(") else f"({text})"


def _sample(batch: str) -> str:
    """The shape of one sample of a batch: `(32, 28, 28)` holds samples of shape `(28, 28)`."""
    axes = wording.shape(batch)
    return batch if axes is None else str(tuple(axes[1:]))
