"""HS221."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.fixes import edits
from hypershape.model import Cause, Edit, Fix, ProbeError, TargetAnalysis
from hypershape.rules.base import Example
from hypershape.rules.common.calls import class_of
from hypershape.rules.common.failure import BuildFailure, innermost
from hypershape.source import Code


class LossAddedOutside(BuildFailure):
    """A loss is added to a functional model from outside of its layers.

    ## What it does
    Builds the model and reports `model.add_loss(…)` on a functional model.

    ## Why it matters
    Keras 2 took losses of symbolic tensors, as variational autoencoders use them; Keras 3 raises a
    NotImplementedError without a word in every trial.

    ## Fix
    A layer that takes the tensors, calls `self.add_loss` in its `call`, and gives one of them on.
    """

    code = "HS221"
    name = "loss-added-outside"
    kinds = ("not-implemented",)
    stages = ("build", "compile")

    INVALID = (
        Example.layers(
            """
            x = layers.Dense(hp.Int("units", 1, 3))(x)
            small = layers.Dense(2)(x)
            x = layers.Dense(4)(small)
            vae = keras.Model(inputs, x)
            vae.add_loss(keras.ops.mean(keras.ops.square(small)))
            """,
            input="(4,)",
            head="",
            at="vae.add_loss(keras.ops.mean(keras.ops.square(small)))",
            fixed="vae = keras.Model(inputs, AddedLoss()([x, small]))",
        ),
    )
    VALID = (
        Example.layers(
            """
            x = Sparse()(layers.Dense(hp.Int("units", 1, 3))(x))
            """,
            input="(4,)",
            before="""
            class Sparse(layers.Layer):
                def call(self, x):
                    self.add_loss(keras.ops.mean(x))
                    return x
            """,
            head="layers.Dense(1)",
        ),
    )

    def explains(self, error: ProbeError) -> bool:
        return super().explains(error) and error.details.get("method") == "add_loss"

    def what(self, error: ProbeError, code: Code) -> str:
        return "A functional model has no `add_loss` in Keras 3: only a layer may add a loss, in its `call`. This fails"

    def repairs(self, target: TargetAnalysis, cause: Cause, code: Code) -> Iterator[Fix]:
        changed = _in_a_layer(cause.error, code)
        if changed:
            yield Fix("Add the loss in a layer of its own", changed)


def _in_a_layer(error: ProbeError, code: Code) -> tuple[Edit, ...]:
    """The edits that define a layer before the model is made, and put it before the model's one output."""
    place = innermost(error, code)
    added = code.expression(place, ast.Call) if place is not None else None
    model = _model(added, code) if isinstance(added, ast.Call) else None
    package = code.imported_as("keras") or code.imported_as("keras.layers")
    if not isinstance(added, ast.Call) or model is None or len(added.args) != 1 or package is None:
        return ()
    output = code.argument(model, "outputs", 1)
    loss = code.source(added.args[0])
    if not isinstance(output, ast.Name) or "\n" in loss:
        return ()
    tensors = [output.id, *sorted(_tensors(added.args[0], code) - {output.id})]
    layers = package if code.imports.get(package) == "keras.layers" else f"{package}.layers"
    names = ", ".join(tensors)
    lines = [
        f"class AddedLoss({layers}.Layer):",
        "    def call(self, tensors):",
        f"        {names}{',' * (len(tensors) == 1)} = tensors",
        f"        self.add_loss({loss})",
        f"        return {output.id}",
        "",
    ]
    defined = edits.insert_before(code.module, code.span(model), lines)
    removed = edits.remove_statement(code.module, code.span(added))
    if defined is None or removed is None:
        return ()
    return defined, Edit(code.span(output), f"AddedLoss()([{names}])"), removed


def _model(added: ast.Call, code: Code) -> ast.Call | None:
    """The call that makes the functional model to which a loss is added."""
    owner = code.resolve(added.func.value) if isinstance(added.func, ast.Attribute) else None
    return owner if isinstance(owner, ast.Call) and class_of(owner, code) == "Model" else None


def _tensors(loss: ast.expr, code: Code) -> set[str]:
    """The names in a loss that stand for tensors: what a layer gave, or what is computed from such."""
    return {
        node.id for node in ast.walk(loss) if isinstance(node, ast.Name) and _is_tensor(node, code, depth=0)
    }


def _is_tensor(name: ast.Name, code: Code, depth: int) -> bool:
    bound = code.bound_at(name.id, name)
    values = [code.parents.get(each) for each in bound]
    for statement in values:
        value = statement.value if isinstance(statement, ast.Assign) else None
        called = isinstance(value, ast.Call) and isinstance(value.func, ast.Call)
        if called or (isinstance(value, ast.Call) and class_of(value, code) == "Input"):
            return True
        if (
            value is not None
            and depth < 5
            and any(
                isinstance(each, ast.Name) and each.id != name.id and _is_tensor(each, code, depth + 1)
                for each in ast.walk(value)
            )
        ):
            return True
    return False
