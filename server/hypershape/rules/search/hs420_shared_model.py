"""HS420."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Related, Severity
from hypershape.rules.base import Example, Rule
from hypershape.rules.common.seen import call_at, place, shared
from hypershape.source import Code, contains

_TRAINED = (
    "Dense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D",
    "LSTM", "GRU", "SimpleRNN", "BatchNormalization", "LayerNormalization", "MultiHeadAttention",
)  # fmt: skip
"""Layers whose weights training changes, and which nobody makes once to adapt them."""


class SharedModel(Rule):
    """A layer or a model with weights is made outside the build function, so that all trials train the same weights.

    ## What it does
    Finds layers with trainable weights and networks of `keras.applications` that the module makes once and a build
    function puts into its model, and models that a build function goes on adding to. Files that freeze anything
    (`trainable = False`) or copy it (`clone_model`) are left alone. A rehearsal shows any other layer whose weights two
    trials train, such as one that a `HyperModel` keeps on `self`.

    ## Why it matters
    Each trial begins with the weights that the last one trained: later trials look better than they are, and no
    result can be repeated. A model that grows with every trial soon fails.

    ## Fix
    Make it inside the function.
    """

    code = "HS420"
    name = "shared-model"
    severity = Severity.WARNING
    static = True
    also_probed = True

    INVALID = (
        Example(
            """
            import keras
            from keras import layers

            first = layers.Dense(16, activation="relu")


            def build_model(hp):
                model = keras.Sequential([keras.Input((4,)), first, layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model
            """,
            at="first",
            fixed='[keras.Input((4,)), layers.Dense(16, activation="relu"), ',
        ),
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras import layers

            model = keras.Sequential()


            def build_model(hp):
                model.add(layers.Dense(hp.Int("units", 1, 3)))
                model.compile(loss="mse")
                return model


            tuner = kt.RandomSearch(build_model, "loss", max_trials=2, overwrite=True)
            """,
            at="model",
        ),
        Example.layers(
            "x = layers.GlobalAveragePooling2D()(base(x))",
            input="(32, 32, 3)",
            head='layers.Dense(hp.Int("units", 1, 3))',
            before="""
            from keras.applications import MobileNetV2

            base = MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None)
            """,
            at="base",
            fixed="(MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None)(x))",
        ),
        Example(
            """
            import keras
            import keras_tuner as kt
            import numpy as np
            from keras import layers


            class Model(kt.HyperModel):
                def __init__(self):
                    super().__init__()
                    self.head = layers.Dense(1, name="head")

                def build(self, hp):
                    inputs = keras.Input((4,))
                    hidden = layers.Dense(6, activation=hp.Choice("activation", ["relu", "tanh"]))(inputs)
                    model = keras.Model(inputs, self.head(hidden))
                    model.compile(loss="mse")
                    return model


            tuner = kt.RandomSearch(Model(), "val_loss", max_trials=2, overwrite=True)
            tuner.search(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
            """,
            at="layers.Dense",
            played=True,
        ),
    )
    VALID = (
        Example.layers(
            """
            model.add(augmentation)
            model.add(rescale)
            model.add(flatten)
            """,
            input="(8, 8, 1)",
            head='layers.Dense(hp.Int("units", 1, 3))',
            before="""
            augmentation = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
            rescale = layers.Rescaling(1 / 255)
            flatten = layers.Flatten()
            """,
        ),
        Example.layers(
            "model.add(base)",
            input="(32, 32, 3)",
            head='layers.GlobalAveragePooling2D(), layers.Dense(hp.Int("units", 1, 3))',
            before="""
            from keras.applications import MobileNetV2

            base = MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None)
            base.trainable = False
            """,
        ),
        Example.layers(
            """
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            head = layers.Dense(1)
            model.add(head)
            """,
            input="(4,)",
            head="",
            before="""
            head = layers.Dense(1)
            model = keras.Sequential([keras.Input((4,)), head])
            """,
        ),
        Example.layers(
            """
            model = keras.models.clone_model(template)
            model.add(layers.Dense(hp.Int("units", 1, 3)))
            """,
            input="(4,)",
            head="",
            before="""
            template = keras.Sequential([keras.Input((4,)), layers.Dense(8, name="first")])
            size = len(template.layers)
            """,
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        told = []
        for found in self._written(analysis, code):
            told += [found.span, *(each.span for each in found.related)]
            yield found
        for _, each in shared("layer", analysis):
            span = place(each["frame"], code)
            if span is not None and not any(contains(span, other) or contains(other, span) for other in told):
                told.append(span)
                call = call_at(span, code)
                yield self.finding(
                    f"All trials train the weights of this layer ({each['class']}): each begins where the last one ended.",
                    code.span(call.func) if call is not None else span,
                )

    def _written(self, analysis: Analysis, code: Code) -> Iterator[Finding]:
        if any(node.attr in ("trainable", "clone_model", "freeze") for node in code.every(ast.Attribute)):
            return
        bodies = [target.body for target in analysis.module.targets]
        used: dict[ast.Call, list[ast.Name]] = {}
        for node in code.every(ast.Name) if bodies else ():
            made = _shared(node, code)
            if made is not None and any(contains(body, code.span(node)) for body in bodies):
                used.setdefault(made, []).append(node)
        for made, (first, *others) in used.items():
            yield self.finding(
                f"All trials share this object, made {code.document.on(made.lineno)}: each begins where the last one ended.",
                code.span(first),
                related=(
                    Related(code.span(made), "it is made here, once"),
                    *(Related(code.span(each), "and used here") for each in others),
                ),
                repairs=partial(_made_here, first, made, code),
            )


def _made_here(node: ast.AST, made: ast.Call, code: Code) -> Iterator[Fix]:
    if isinstance(node, ast.Name) and not _is_added_to(node, code) and code.uses(node.id) == 1:
        yield Fix("Make it here", (Edit(code.span(node), code.source(made)),))


def _shared(node: ast.Name, code: Code) -> ast.Call | None:
    """The call at the module's top level that made what a name puts into a model."""
    if not isinstance(node.ctx, ast.Load):
        return None
    made = code.definition(node.id, node)
    if not isinstance(made, ast.Call) or code.function(made) is not None or code.function(node) is None:
        return None
    origin = code.imported(made.func) or ""
    if _is_added_to(node, code):
        return made if origin in ("keras.Sequential", "keras.models.Sequential") else None
    layer = origin.startswith("keras.layers.") and origin.rpartition(".")[2] in _TRAINED
    network = origin.startswith("keras.applications.") and origin.rpartition(".")[2][:1].isupper()
    frozen = code.argument(made, "trainable") is not None
    return made if (layer or network) and not frozen and _is_put_in(node, code) else None


def _is_added_to(node: ast.Name, code: Code) -> bool:
    """`name.add(…)`."""
    attribute = code.parents.get(node)
    call = code.parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
    return isinstance(call, ast.Call) and isinstance(attribute, ast.Attribute) and attribute.attr == "add"


def _is_put_in(node: ast.Name, code: Code) -> bool:
    """`name(x)`, `model.add(name)`, or an element of the list of a Sequential."""
    parent = code.parents.get(node)
    if isinstance(parent, ast.Call):
        added = isinstance(parent.func, ast.Attribute) and parent.func.attr == "add"
        return parent.func is node or (added and node in parent.args)
    call = code.parents.get(parent) if isinstance(parent, (ast.List, ast.Tuple)) else None
    return isinstance(call, ast.Call) and (code.imported(call.func) or "").endswith("Sequential")
