"""HS207."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.fixes.syntax import Code
from hypershape.model import Analysis, Edit, Finding, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
from hypershape.rules.common.identifiers import nearest, requoted

_UNKNOWN = re.compile(r"Could not interpret (?P<kind>\w+)(?: function)? identifier: (?P<value>.*)", re.DOTALL)


class UnknownIdentifier(BuildFailure):
    """A name that Keras does not know: of an activation, initializer, regularizer, optimizer, loss or metric.

    ## What it does
    Builds and compiles the model over the search space and reports names that Keras cannot interpret, with the
    nearest names that it can.

    ## Why it matters
    A wrong name among the values of a `Choice` fails only the trials that draw it. Losses and metrics are looked up
    in the first training step, after the data was loaded.

    ## Fix
    Take the nearest valid name, or drop the value.
    """

    code = "HS207"
    name = "unknown-identifier"
    pattern = _UNKNOWN

    INVALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                activation = hp.Choice("activation", ["relu", "tanh", "LeakyReLU"])
                model = keras.Sequential([keras.Input((4,))])
                model.add(layers.Dense(8, activation=activation))
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """,
            condition="activation == 'LeakyReLU'",
            fixed='"leaky_relu"',
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(optimizer="addam", loss="mse")
                return model
            """,
            fixed='optimizer="adam"',
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,))])
                model.add(layers.Dense(8, kernel_initializer=hp.Choice("initializer", ["he_normal", "xavier_uniform"])))
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """,
            condition="initializer == 'xavier_uniform'",
            fixed='"glorot_uniform"',
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                activation = hp.Choice("activation", ["relu", "tanh", "leaky_relu"])
                model = keras.Sequential([keras.Input((4,))])
                model.add(layers.Dense(8, activation=activation))
                model.add(layers.Dense(1))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                name = hp.Choice("activation", ["relu", "gelu", "none"])
                model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation=None if name == "none" else name)])
                model.add(layers.Dense(1, kernel_initializer="HeNormal", kernel_regularizer="l2"))
                model.compile(loss="mse")
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3))])
                model.compile(hp.Choice("optimizer", ["adam", "SGD", "rmsprop", "adamw"]), loss="huber", metrics=["mae", "mean_squared_error"])
                return model
            """
        ),
        Example(
            """
            import keras
            from keras import layers

            def swish_twice(x):
                return keras.activations.swish(keras.activations.swish(x))


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 1, 3), activation=swish_twice)])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        found = _UNKNOWN.search(error.message)
        kind, value = (found["kind"], _value(found["value"])) if found else ("name", "")
        near = nearest(kind, value)
        hint = f" (nearest: {', '.join(near)})" if near else ""
        article = "an" if kind[0] in "aeiou" else "a"
        return f"{value!r} is not {article} {kind} that Keras knows{hint}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        found = _UNKNOWN.search(error.message)
        written = _written(_value(found["value"]), code) if found and error.stage == "step" else None
        return code.span(written) if written is not None else super().where(error, target, code)

    def fixes(self, finding: Finding, analysis: Analysis) -> Iterator[Fix]:
        error, code = finding.error, Code.of(analysis.module)
        found = _UNKNOWN.search(error.message) if error else None
        if found is not None:
            value = _value(found["value"])
            written = _written(value, code)
            if written is not None:
                for name in nearest(found["kind"], value)[:2]:
                    yield Fix(
                        f"Use {name!r}", (Edit(code.span(written), requoted(code.source(written), name)),)
                    )
        yield from super().fixes(finding, analysis)


def _value(text: str) -> str:
    return text.strip().splitlines()[0].strip("'\"") if text.strip() else ""


def _written(value: str, code: Code) -> ast.Constant | None:
    """The only literal of the file that is this text."""
    found = [node for node in code.nodes if isinstance(node, ast.Constant) and node.value == value]
    return found[0] if len(found) == 1 else None
