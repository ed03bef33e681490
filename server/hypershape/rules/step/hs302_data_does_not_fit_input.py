"""HS302."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from hypershape.model import (
    Analysis,
    Cause,
    Edit,
    Finding,
    Fix,
    ProbeError,
    Repairs,
    Shape,
    Span,
    TargetAnalysis,
)
from hypershape.rules.base import Example
from hypershape.rules.common import wording
from hypershape.rules.common.failure import BuildFailure, axes, input_shapes
from hypershape.rules.common.identifiers import requoted
from hypershape.rules.common.shaping import in_other_order, rearranged, sample_shaped
from hypershape.source import Code, contains


class DataDoesNotFitInput(BuildFailure):
    """The data of the search does not have the shape that the model takes, or not under the names of its inputs.

    ## What it does
    Runs the model on a batch with the shapes and the keys of the data, known or declared.

    ## Why it matters
    Every trial fails in its first step.

    ## Fix
    Take the input shape from the data: `keras.Input(x_train.shape[1:])`.
    """

    code = "HS302"
    name = "data-does-not-fit-input"
    kinds = ("axis", "input-shape", "inputs-count", "input-name")
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
        Example(
            """
            import keras
            import keras_tuner as kt
            import tensorflow as tf


            def build_model(hp):
                inputs = keras.Input((4,), name="age")
                x = keras.layers.Dense(hp.Int("units", 1, 3))(inputs)
                model = keras.Model(inputs, keras.layers.Dense(1)(x))
                model.compile(loss="mse")
                return model


            data = tf.data.Dataset.from_tensor_slices(({"ages": tf.zeros((8, 4))}, tf.zeros((8, 1)))).batch(4)
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(data, epochs=2)
            """,
            at='"age"',
            fixed='keras.Input((4,), name="ages")',
        ),
        Example.search(
            """
            x, y = np.ones((8, 3, 6, 6), "float32"), np.ones((8, 1))
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(x, y, validation_data=(x, y))
            """,
            body='model.add(layers.Conv2D(hp.Int("filters", 1, 2), 5))',
            input="(6, 6, 3)",
            head="layers.Flatten(), layers.Dense(1)",
            at="(6, 6, 3)",
            fixed="search(x.transpose(0, 2, 3, 1), y, validation_data=(x.transpose(0, 2, 3, 1), y))",
        ),
        Example.search(
            """
            rows, ages = np.ones((8, 4), "float32"), np.ones((8, 2), "float32")
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search([ages, rows], np.ones((8, 1)), validation_data=([ages, rows], np.ones((8, 1))))
            """,
            body="""
            other = keras.Input((2,))
            x = layers.Concatenate()([layers.Dense(hp.Int("units", 1, 3))(inputs), other])
            inputs = [inputs, other]
            """,
            head="layers.Dense(1)",
            fixed="search([rows, ages], np.ones((8, 1)), validation_data=([rows, ages], np.ones((8, 1))))",
        ),
        Example.search(
            """
            x = np.ones((8, 36), "float32")
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(x, np.ones((8, 1)))
            """,
            body='model.add(layers.Conv2D(hp.Int("filters", 1, 2), 5))',
            input="(6, 6, 1)",
            head="layers.Flatten(), layers.Dense(1)",
            at="(6, 6, 1)",
            fixed="search(x.reshape(-1, 6, 6, 1), np.ones((8, 1)))",
        ),
        Example.search(
            """
            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)))
            """,
            body="""
            other = keras.Input((2,))
            x = layers.Concatenate()([layers.Dense(hp.Int("units", 1, 3))(inputs), other])
            inputs = [inputs, other]
            """,
            head="layers.Dense(1)",
        ),
        Example(
            """
            import keras
            import keras_tuner as kt
            import numpy as np
            from keras import layers

            columns = {"age": np.ones(16), "size": np.ones(16)}


            def build_model(hp):
                inputs = {name: keras.Input((len(columns),), name=name) for name in columns}
                x = layers.concatenate(list(inputs.values()))
                model = keras.Model(inputs, layers.Dense(hp.Int("units", 1, 3))(x))
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
            tuner.search(columns, np.ones(16))
            """,
            at="(len(columns),)",
            fixed="keras.Input((1,), name=name)",
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
        if error.kind == "input-name":
            return f"The model has an input {error.details['missing']!r}, but the data has only {_keys(error)}: the first step fails"
        if error.kind == "inputs-count":
            return "The model takes {taken} inputs, but the search gives {given}".format_map(error.details)
        taken, given = axes(error, "taken"), _given(error)
        if taken and given and error.details.get("of") == "layer":
            swapped = ": its axes are swapped" if _swapped(taken, given) else ""
            return (
                f"`{error.layer_class}` was made for inputs of shape {_sample(taken)} "
                f"but gets {_sample(given)}{swapped},"
            )
        if taken and given and _swapped(taken, given):
            return (
                f"The axes are swapped: the model takes inputs of shape {_sample(taken)} "
                f"but the data has the shape {_sample(given)}"
            )
        if taken and given and not given[1:]:
            return f"The model takes inputs of shape {_sample(taken)} but each sample of the data is a single number"
        if taken and given:
            return f"The model takes inputs of shape {_sample(taken)} but the data has the shape {_sample(given)}"
        inner, wanted = axes(error, "shape"), error.details.get("wanted")
        if inner and given and inner != given:
            return (
                f"The data has the shape {_sample(given)}, which the model does not take: "
                f"`{error.layer_class or 'a layer'}` gets {inner[-1]} values where it was made for {wanted}"
            )
        if inner:
            return f"The model takes inputs of width {wanted} but the data has the shape {_sample(inner)}"
        return "The data does not have the shape that the model takes"

    def seen(self, target: TargetAnalysis, cause: Cause, code: Code) -> ProbeError:
        """A layer names the one axis that it misses; the shape that is written for the input tells all of them."""
        error, given = cause.error, axes(cause.error, "shape")
        written = [code.value(each, None) for each in input_shapes(target.target.body, code)]
        if axes(error, "taken") or given is None or len(written) != 1 or not isinstance(written[0], tuple):
            return error
        taken = (None, *written[0])
        if not _swapped(taken, given):
            return error
        return replace(error, details={**error.details, "taken": taken, "given": given})

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        for finding in super().check(analysis):
            cause = finding.cause
            target = next(each for each in analysis.targets if cause in each.causes)
            assert cause is not None
            error = self.seen(target, cause, code)
            repairs = partial(_with_data, finding.repairs, error, target, analysis)
            yield replace(finding, repairs=repairs)

    def quoted(self, error: ProbeError) -> str:
        told = error.kind == "input-name" or (axes(error, "taken") and _given(error))
        return "" if told else super().quoted(error)

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        if error.kind == "input-name":
            named = _written_names(error, target, code)
            return code.span(named[0]) if named else target.target.span
        refusing = _refusing(error, target, code)
        return code.span(refusing[0]) if len(refusing) == 1 else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        if cause.error.kind == "input-name":
            yield from _renamed(cause.error, target, code)
            return
        error = self.seen(target, cause, code)
        given = _given(error)
        refusing = _refusing(error, target, code)
        for shape in refusing:
            swapped = _in_order(shape, axes(error, "taken"), given, code)
            if swapped is not None:
                yield Fix(f"Take inputs of shape {swapped}", (Edit(code.span(shape), swapped),))
            # What is computed, such as a number of columns, is what the only input refused.
            taken = code.value(shape, (axes(error, "taken") or ())[1:] if len(refusing) == 1 else None)
            if isinstance(taken, tuple) and taken and given:
                # Keras adds a last axis of size 1 to data that lacks it.
                channels = (1,) if len(taken) == len(given) and taken[-1] == 1 else ()
                sizes = (*given[1:], *channels) or (1,)
                text = f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"
                yield Fix(f"Take inputs of shape {text}", (Edit(code.span(shape), text),))
        yield from sample_shaped(target, code)


def _with_data(
    repairs: Repairs, error: ProbeError, target: TargetAnalysis, analysis: Analysis
) -> Iterator[Fix]:
    """The repairs of the model, then those that bring the data into its shape where they are handed to the search."""
    yield from repairs()
    taken, given = axes(error, "taken"), _given(error)
    if taken and given:
        sizes, held = ([each for each in shape[1:] if each is not None] for shape in (taken, given))
        if (len(sizes), len(held)) == (len(taken) - 1, len(given) - 1):
            yield from rearranged(target, sizes, held, analysis)
        yield from in_other_order(target, analysis)


def _keys(error: ProbeError) -> str:
    """`'age' and 'fare'`: the keys of the data."""
    return wording.listed(map(repr, _names(error)))


def _names(error: ProbeError) -> list[str]:
    keys = error.details.get("keys")
    return [each for each in keys if isinstance(each, str)] if isinstance(keys, tuple) else []


def _written_names(error: ProbeError, target: TargetAnalysis, code: Code) -> list[ast.Constant]:
    """Where a target writes the name of an input, that of `Input(…, name=…)` first."""
    found = [
        each
        for each in code.nodes
        if isinstance(each, ast.Constant)
        and each.value == error.details["missing"]
        and contains(target.target.body, code.span(each))
    ]
    return sorted(found, key=lambda each: not isinstance(code.parents.get(each), ast.keyword))


def _renamed(error: ProbeError, target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """The input under a key of the data that no other input has."""
    written = _written_names(error, target, code)
    inside = {
        each.value
        for each in code.nodes
        if isinstance(each, ast.Constant) and contains(target.target.body, code.span(each))
    }
    free = [each for each in _names(error) if each not in inside]
    near = get_close_matches(str(error.details["missing"]), free, n=2, cutoff=0.5)
    for name in near or free[:1]:
        edits = [Edit(code.span(each), requoted(code.source(each), name)) for each in written]
        if edits:
            yield Fix(f"Name the input {name}", tuple(edits))


def _swapped(taken: Shape, given: Shape) -> bool:
    """Whether a batch has the axes that are taken, in another order."""
    return (
        taken[1:] != given[1:]
        and len(set(taken[1:])) > 1
        and sorted(map(str, taken[1:])) == sorted(map(str, given[1:]))
    )


def _in_order(shape: ast.expr, taken: Shape | None, given: Shape | None, code: Code) -> str | None:
    """The written axes of an input shape in the order of the data; None where that would not be certain."""
    if taken is None or given is None or not isinstance(shape, ast.Tuple) or not _swapped(taken, given):
        return None
    sizes = taken[1:]
    if len(shape.elts) != len(sizes) or len(set(sizes)) < len(sizes):
        return None
    return f"({', '.join(code.source(shape.elts[sizes.index(size)]) for size in given[1:])})"


def _refusing(error: ProbeError, target: TargetAnalysis, code: Code) -> list[ast.expr]:
    """The input shapes of a target that may be the one that refuses: of several, those that read as Keras says."""
    declared = list(input_shapes(target.target.body, code))
    taken = axes(error, "taken")
    fitting = [each for each in declared if taken and code.value(each, None) == taken[1:]]
    return fitting or declared


def _given(error: ProbeError) -> Shape | None:
    """The shape of the batch that the model was called on."""
    return axes(error, "given") or axes(error, "batch") or axes(error, "shape")


def _sample(batch: Shape) -> str:
    """The shape of one sample of a batch: `(32, 28, 28)` holds samples of shape `(28, 28)`."""
    return str(batch[1:])
