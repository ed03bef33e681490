"""HS207."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
from hypershape.rules.common.identifiers import nearest, requoted
from hypershape.source import Code


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
    kinds = ("identifier",)

    INVALID = (
        Example.layers(
            """
            activation = hp.Choice("activation", ["relu", "tanh", "LeakyReLU"])
            model.add(layers.Dense(8, activation=activation))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            condition="activation == 'LeakyReLU'",
            fixed='"leaky_relu"',
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
            compile='optimizer="addam", loss="mse"',
            fixed='optimizer="adam"',
        ),
        Example.layers(
            """
            initializer = hp.Choice("initializer", ["he_normal", "xavier_uniform"])
            model.add(layers.Dense(8, kernel_initializer=initializer))
            """,
            input="(4,)",
            head="layers.Dense(1)",
            condition="initializer == 'xavier_uniform'",
            fixed='"glorot_uniform"',
        ),
    )
    VALID = (
        Example.layers(
            """
            activation = hp.Choice("activation", ["relu", "tanh", "leaky_relu"])
            model.add(layers.Dense(8, activation=activation))
            """,
            input="(4,)",
            head="layers.Dense(1)",
        ),
        Example.layers(
            """
            name = hp.Choice("activation", ["relu", "gelu", "none"])
            model.add(layers.Dense(8, activation=None if name == "none" else name))
            model.add(layers.Dense(1, kernel_initializer="HeNormal", kernel_regularizer="l2"))
            """,
            input="(4,)",
            head="",
        ),
        Example.layers(
            """
            optimizer = hp.Choice("optimizer", ["adam", "SGD", "rmsprop", "adamw"])
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
            compile='optimizer, loss="huber", metrics=["mae", "mean_squared_error"]',
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3), activation=swish_twice))
            """,
            input="(4,)",
            head="",
            before="""
            def swish_twice(x):
                return keras.activations.swish(keras.activations.swish(x))
            """,
        ),
    )

    def what(self, error: ProbeError, code: Code) -> str:
        kind, value = _unknown(error)
        near = nearest(kind, value)
        hint = f" (nearest: {', '.join(near)})" if near else ""
        article = "an" if kind[:1] in tuple("aeiou") else "a"
        return f"{value!r} is not {article} {kind} that Keras knows{hint}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        written = _written(_unknown(error)[1], code) if error.stage == "step" else None
        return code.span(written) if written is not None else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        kind, value = _unknown(cause.error)
        written = _written(value, code)
        if written is not None:
            for name in nearest(kind, value)[:2]:
                yield Fix(f"Use {name!r}", (Edit(code.span(written), requoted(code.source(written), name)),))
        yield from super().repairs(target, cause, code)


def _unknown(error: ProbeError) -> tuple[str, str]:
    """What kind of thing an identifier was to name, and the identifier."""
    return str(error.details.get("of", "name")), str(error.details.get("identifier", ""))


def _written(value: str, code: Code) -> ast.Constant | None:
    """The only literal of the file that is this text."""
    found = [node for node in code.nodes if isinstance(node, ast.Constant) and node.value == value]
    return found[0] if len(found) == 1 else None
