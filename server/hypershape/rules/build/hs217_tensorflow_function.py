"""HS217."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure, innermost
from hypershape.source import Code

_SAME = (
    "abs", "add", "cast", "exp", "expand_dims", "matmul", "maximum", "minimum", "multiply",
    "ones_like", "repeat", "reshape", "sigmoid", "sqrt", "square", "squeeze", "stack", "subtract",
    "tanh", "tile", "transpose", "where", "zeros_like",
)  # fmt: skip
"""Functions that TensorFlow and `keras.ops` call the same."""

_IN_KERAS = {
    "tensorflow.reduce_mean": "mean",
    "tensorflow.reduce_sum": "sum",
    "tensorflow.reduce_max": "max",
    "tensorflow.reduce_min": "min",
    "tensorflow.math.reduce_mean": "mean",
    "tensorflow.math.reduce_sum": "sum",
    "tensorflow.math.reduce_max": "max",
    "tensorflow.math.reduce_min": "min",
    "tensorflow.concat": "concatenate",
    "tensorflow.math.log": "log",
    "tensorflow.math.softplus": "softplus",
    "tensorflow.nn.softmax": "softmax",
    "tensorflow.nn.relu": "relu",
    "tensorflow.nn.sigmoid": "sigmoid",
    "tensorflow.nn.elu": "elu",
    "tensorflow.nn.gelu": "gelu",
    **{f"tensorflow.{name}": name for name in _SAME},
}
"""Functions of TensorFlow with those of `keras.ops` that take the same first arguments."""


class TensorflowFunction(BuildFailure):
    """A function of TensorFlow is given a tensor that has no values yet.

    ## What it does
    Builds the model and reports calls such as `tf.square(x)` between the layers of a functional model.

    ## Why it matters
    Keras 2 made a layer of the call, Keras 3 refuses it in every trial that reaches it.

    ## Fix
    The function of the same meaning in `keras.ops`, or a `Lambda` layer around the call.
    """

    code = "HS217"
    name = "tensorflow-function"
    kinds = ("tensorflow-function",)

    INVALID = (
        Example.layers(
            """
            x = tf.square(layers.Dense(hp.Int("units", 1, 3))(x))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            at='tf.square(layers.Dense(hp.Int("units", 1, 3))(x))',
            fixed="x = keras.ops.square(",
        ),
        Example.layers(
            """
            x = layers.Dense(hp.Int("units", 1, 3))(x)
            if hp.Boolean("mean"):
                x = tf.reduce_mean(x, axis=1)
            else:
                x = layers.Flatten()(x)
            """,
            input="(4, 3)",
            head="layers.Dense(1)",
            at="tf.reduce_mean(x, axis=1)",
            condition="mean",
            fixed="x = keras.ops.mean(x, axis=1)",
        ),
    )
    VALID = (
        Example.layers(
            """
            x = keras.ops.square(layers.Dense(hp.Int("units", 1, 3))(x))
            x = layers.Lambda(lambda tensor: tf.square(tensor), output_shape=x.shape[1:])(x)
            """,
            input="(4,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            x = layers.Dense(hp.Int("units", 1, 3))(x)
            """,
            input="(4,)",
            before="""
            def error(wanted, given):
                return tf.reduce_mean(tf.square(wanted - given), axis=-1)
            """,
            head="layers.Dense(1)",
            compile="loss=error",
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        call = _call(error, code)
        name = f"`{code.source(call.func)}`" if call is not None else "A function of TensorFlow"
        return f"{name} is given a tensor that has no values yet, which Keras 3 refuses"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        call = _call(cause.error, code)
        name = _IN_KERAS.get(code.imported(call.func) or "") if call is not None else None
        if call is not None and name is not None:
            bound = code.imported_as("keras")
            added = edits.add_import(code.module, "import keras") if bound is None else None
            changed = Edit(code.span(call.func), f"{bound or 'keras'}.ops.{name}")
            yield Fix(f"Use keras.ops.{name}", (changed, added) if added else (changed,))
        yield from super().repairs(target, cause, code)


def _call(error: ProbeError, code: Code) -> ast.Call | None:
    """The call of TensorFlow's function on the line that raised."""
    span = innermost(error, code)
    inside = code.calls_in(span) if span is not None else ()
    found = [call for call in inside if (code.imported(call.func) or "").startswith("tensorflow.")]
    return found[0] if found else None
