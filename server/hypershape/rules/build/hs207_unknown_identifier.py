"""HS207."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hypershape.model import Cause, Edit, Fix, ProbeError, Span, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.failure import BuildFailure
from hypershape.rules.common.identifiers import nearest, own_names, requoted
from hypershape.source import Code

_OBJECT = re.compile(r"<(?P<module>tensorflow\.python\.keras\.[\w.]+)\.(?P<name>\w+) object>")
"""An object of the Keras 2 that TensorFlow keeps for itself."""
_PLURALS = {"optimizer": "optimizers", "loss": "losses", "metric": "metrics", "initializer": "initializers"}


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
        Example.layers(
            'model.add(layers.Dense(hp.Int("units", 1, 3)))',
            input="(4,)",
            head="",
            compile='loss=hp.Choice("loss", ["mse", "tversky_loss"])',
            before="""
            def tversky_loss(y, prediction):
                return keras.ops.mean(keras.ops.abs(y - prediction), axis=-1)
            """,
            data="x=(4,) y=(1,)",
            condition="loss == 'tversky_loss'",
            fixed='{"mse": "mse", "tversky_loss": tversky_loss}[hp.Choice',
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
        article = "an" if kind[:1] in tuple("aeiou") else "a"
        private = _OBJECT.fullmatch(value)
        if private is not None:
            return (
                f"`{private['name']}` of {private['module']}, TensorFlow's private copy of Keras 2, is not {article} "
                f"{kind} that Keras 3 takes"
            )
        if value in own_names(code):
            return f"Keras does not find `{value}` of this file by its name, as {article} {kind},"
        near = nearest(kind, value)
        hint = f" (nearest: {', '.join(near)})" if near else ""
        return f"{value!r} is not {article} {kind} that Keras knows{hint}"

    def where(self, error: ProbeError, target: TargetAnalysis, code: Code) -> Span:
        written = _written(_unknown(error)[1], code) if error.stage == "step" else None
        return code.span(written) if written is not None else super().where(error, target, code)

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        kind, value = _unknown(cause.error)
        written = _written(value, code)
        private = _OBJECT.fullmatch(value)
        if private is not None:
            yield from _public(private["name"], _PLURALS.get(kind, ""), code)
        if value in own_names(code):
            yield from _the_object_itself(value, target, code)
        elif written is not None:
            for name in nearest(kind, value)[:2]:
                yield Fix(f"Use {name!r}", (Edit(code.span(written), requoted(code.source(written), name)),))
        yield from super().repairs(target, cause, code)


def _public(name: str, part: str, code: Code) -> Iterator[Fix]:
    """The class of a private copy of Keras imported from where everybody may take it."""
    through_tensorflow = any(each.startswith("tensorflow.keras") for each in _import_sources(code))
    package = f"{'tensorflow.' if through_tensorflow else ''}keras.{part}"
    for node in code.every(ast.ImportFrom) if part else ():
        aliases = [each for each in node.names if each.name == name]
        if aliases and (node.module or "").startswith("tensorflow.python.keras"):
            bound = aliases[0].name if aliases[0].asname is None else f"{name} as {aliases[0].asname}"
            others = [ast.unparse(each) for each in node.names if each is not aliases[0]]
            kept = f"from {node.module} import {', '.join(others)}\n{' ' * node.col_offset}" if others else ""
            edit = Edit(code.span(node), f"{kept}from {package} import {bound}")
            yield Fix(f"Import {name} from {package}", (edit,))


def _import_sources(code: Code) -> Iterator[str]:
    """The modules that a file imports, or imports from, as they are written."""
    for node in code.import_statements:
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        else:
            yield from (each.name for each in node.names)


def _the_object_itself(name: str, target: TargetAnalysis, code: Code) -> Iterator[Fix]:
    """The function or class of the file in place of the text that names it: looked up where a Choice draws it."""
    for call in code.calls_in(target.target.body):
        for keyword in call.keywords:
            given = code.resolve(keyword.value)
            if isinstance(given, ast.Constant) and given.value == name and keyword.arg != "name":
                yield Fix(f"Pass {name} itself", (Edit(code.span(keyword.value), name),))
    for declared in code.hp_calls:
        values = _drawn(declared.arguments.get("values"), code)
        if declared.kind == "Choice" and name in values:
            own = [each for each in values if each in own_names(code)]
            table = ", ".join(
                f'"{each}": {each}' if each in own else f'"{each}": "{each}"' for each in values
            )
            yield Fix(f"Look up {', '.join(own)} of this file", tuple(_looked_up(declared.span, table)))


def _drawn(node: ast.expr | None, code: Code) -> tuple[str, ...]:
    """The values of a Choice, if all are texts."""
    values = code.value(node, default=None) if node is not None else None
    texts = isinstance(values, (list, tuple)) and all(isinstance(each, str) for each in values)
    return tuple(map(str, values)) if texts and isinstance(values, (list, tuple)) else ()


def _looked_up(span: Span, table: str) -> Iterator[Edit]:
    """The value of a Choice in a table: `{"mse": "mse", "own": own}[hp.Choice(…)]`."""
    yield Edit(span.start, f"{{{table}}}[")
    yield Edit(span.end, "]")


def _unknown(error: ProbeError) -> tuple[str, str]:
    """What kind of thing an identifier was to name, and the identifier."""
    return str(error.details.get("of", "name")), str(error.details.get("identifier", ""))


def _written(value: str, code: Code) -> ast.Constant | None:
    """The only literal of the file that is this text."""
    found = [node for node in code.nodes if isinstance(node, ast.Constant) and node.value == value]
    return found[0] if len(found) == 1 else None
