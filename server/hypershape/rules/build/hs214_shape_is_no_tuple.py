"""HS214."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.failure import BuildFailure, place
from hypershape.rules.common.own_layers import names_first, weights_named
from hypershape.source import Code


class ShapeIsNoTuple(BuildFailure):
    """An input shape is written as a number: `Input(8)` or `input_shape=(8)`.

    ## What it does
    Builds the model and reports a shape that is no tuple. In Python `(8)` is a number, `(8,)` is a tuple.

    ## Why it matters
    Keras 2 took it, Keras 3 refuses it in every trial.

    ## Fix
    `(8,)`.
    """

    code = "HS214"
    name = "shape-is-no-tuple"
    kinds = ("shape-is-number", "shape-no-tuple")

    INVALID = (
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(8)",
            head="",
            fixed="keras.Input((8,))",
        ),
        Example.layers(
            """
            x = layers.Dense(hp.Int("units", 1, 3))(x)
            """,
            input="shape=(x_train.shape[1])",
            before="x_train = np.zeros((100, 12))",
            head="",
            fixed="shape=(x_train.shape[1],)",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 1, 3), input_shape=(8)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """,
            fixed="input_shape=(8,)",
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            before="""
            class Hits(keras.metrics.Metric):
                def __init__(self):
                    super().__init__(name="hits")
                    self.hits = self.add_weight("hits", initializer="zeros")

                def update_state(self, labels, given, sample_weight=None):
                    self.hits.assign_add(1.0)

                def result(self):
                    return self.hits
            """,
            input="(4,)",
            head="",
            compile='loss="mse", metrics=[Hits()]',
            at='self.add_weight("hits", initializer="zeros")',
            fixed='self.add_weight(name="hits", initializer="zeros")',
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(8,)",
            head="",
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="shape=[size]",
            before="size = 8",
            head="",
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([layers.Dense(hp.Int("units", 1, 3), input_shape=(8,)), layers.Dense(1)])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        span = place(error, code)
        if span is not None and names_first(code.expression(span, ast.Call), code):
            return "`add_weight` takes the shape first, and a name as `name=`: this fails"
        shape = next(_shapes(error, code), None)
        if shape is not None and not isinstance(shape, ast.Constant):
            # What it is may be assumed, and is no news.
            written = " ".join(code.source(shape).split())
            return f"`{written}` is no shape: a tuple such as `({written},)` is needed"
        given = error.details.get("given", "This")
        return f"{given} is no shape: a tuple such as ({given if isinstance(given, int) else 8},) is needed"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        yield from weights_named(place(cause.error, code), code)
        for shape in itertools.islice(_shapes(cause.error, code), 1):
            source = code.source(shape)
            text = f"{source}," if _bracketed(shape, code) else f"({source},)"
            yield Fix("Write the shape as a tuple", (Edit(code.span(shape), text),))


def _shapes(error: ProbeError, code: Code) -> Iterator[ast.expr]:
    """What a failing call gives as a shape and is no tuple."""
    span = place(error, code)
    for call in code.calls_in(span) if span is not None else ():
        is_input = class_of(call, code) in ("Input", "InputLayer")
        for name in ("shape", "input_shape"):
            shape = code.argument(call, name, 0 if is_input and name == "shape" else None)
            if shape is not None and not isinstance(shape, (ast.Tuple, ast.List)):
                yield shape


def _bracketed(node: ast.expr, code: Code) -> bool:
    """Whether an expression stands alone in parentheses of its own: `f((8))`, `f(shape=(8))`."""
    span = code.span(node)
    line = code.text.line(span.line)
    before, after = line[: span.column - 1].rstrip(), line[span.end_column - 1 :].lstrip()
    opened = before.removesuffix("(").rstrip()
    return before.endswith("(") and opened.endswith(("=", "(", ",")) and after.startswith(")")
