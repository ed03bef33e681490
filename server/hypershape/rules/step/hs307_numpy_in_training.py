"""HS307."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, compiles, innermost
from hypershape.source import Code, contains

_SAME = frozenset(
    [
        "abs",
        "absolute",
        "add",
        "all",
        "any",
        "argmax",
        "argmin",
        "array",
        "clip",
        "concatenate",
        "cos",
        "cumsum",
        "divide",
        "dot",
        "equal",
        "exp",
        "expand_dims",
        "floor",
        "greater",
        "isnan",
        "log",
        "log1p",
        "logical_and",
        "logical_not",
        "logical_or",
        "matmul",
        "max",
        "maximum",
        "mean",
        "median",
        "min",
        "minimum",
        "multiply",
        "ones_like",
        "power",
        "prod",
        "quantile",
        "reshape",
        "round",
        "sign",
        "sin",
        "sqrt",
        "square",
        "squeeze",
        "stack",
        "std",
        "subtract",
        "sum",
        "tanh",
        "transpose",
        "var",
        "where",
        "zeros_like",
    ]
)
"""Functions that NumPy and `keras.ops` call the same, with the same first arguments."""

_OTHER_NAMES = {"numpy.asarray": "numpy.array", "numpy.amax": "numpy.max", "numpy.amin": "numpy.min"}


class NumpyInTraining(BuildFailure):
    """A loss, metric, step or Lambda gives NumPy a tensor that has no values yet.

    ## What it does
    Builds the model, takes one training step, and reports code of the user's that turns a tensor into an array there.

    ## Why it matters
    A model is built, and a step traced by `fit`, without values: every trial fails there.

    ## Fix
    The function of the same name in `keras.ops`; for a step also `run_eagerly=True`, which runs it as plain Python and
    is many times slower.
    """

    code = "HS307"
    name = "numpy-in-training"
    kinds = ("symbolic-as-array",)
    stages = ("build", "step")

    INVALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile='loss="mse", metrics=[miss]',
            before="""
            def miss(y, prediction):
                return np.mean(np.square(y - prediction))
            """,
            data="x=(4,) y=(1,)",
            fixed="keras.ops.mean(keras.ops.square(y - prediction))",
        ),
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile='loss="mse", metrics=[miss]',
            before="""
            def miss(y, prediction):
                return 1.0 if np.isnan(prediction).any() else 0.0
            """,
            data="x=(4,) y=(1,)",
            at="np.isnan(prediction)",
        ),
        Example.layers(
            """
            model.add(layers.Lambda(lambda x: np.log1p(np.asarray(x))))
            model.add(layers.Dense(hp.Int("units", 4, 8)))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            fixed="lambda x: keras.ops.log1p(keras.ops.array(x))",
        ),
    )
    VALID = (
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 4, 8)))',
            input="(4,)",
            head="layers.Dense(1)",
            compile='loss="mse", metrics=[miss]',
            before="""
            def miss(y, prediction):
                return keras.ops.mean(keras.ops.square(y - prediction)) * np.sqrt(2.0)
            """,
            data="x=(4,) y=(1,)",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        function = error.frames[-1].function if error.frames else "<module>"
        named = f"`{function}`" if function.isidentifier() else "This code"
        if error.stage == "build":
            return (
                "This gives NumPy a tensor that has no values, as none has while a model is built. It fails"
            )
        return f"{named} gives NumPy a tensor that has no values yet: `fit` traces a step before it runs it. This fails"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from _in_keras(cause.error, target, code)
        if cause.error.stage == "build":
            return
        calls = compiles(target, code)
        made = [edits.set_argument(code.module, code.span(call), "run_eagerly", "True") for call in calls]
        if made and None not in made:
            yield Fix("Run each step eagerly (many times slower)", tuple(each for each in made if each))


def _in_keras(error: ProbeError, target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """Every call of NumPy in the function that failed as one of `keras.ops`, if all have a namesake there.

    Of the build function itself, which may compute with numbers as well, only the call that failed.
    """
    place = innermost(error, code)
    inside = code.expression(place, ast.Call) if place is not None else None
    function = code.function(inside) if inside is not None else None
    if inside is None or function is None:
        return
    whole = error.stage == "step" or not contains(code.span(function), target.target.body)
    named = {
        node: _OTHER_NAMES.get(origin, origin).removeprefix("numpy.")
        for node in ast.walk(function if whole else inside)
        if isinstance(node, ast.Attribute) and (origin := code.imported(node) or "").startswith("numpy.")
    }
    if not named or not set(named.values()) <= _SAME:
        return
    bound = code.imported_as("keras")
    added = edits.add_import(code.module, "import keras") if bound is None else None
    changed = [Edit(code.span(node), f"{bound or 'keras'}.ops.{name}") for node, name in named.items()]
    yield Fix("Compute with keras.ops in place of NumPy", (*changed, added) if added else tuple(changed))
