"""HS456."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from hypershape.model import Analysis, Edit, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code

_HEAD = """
import tensorflow as tf


class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factors = {}

    def call(self, x):
        return x * self.factors
"""
_MODEL = 'model.add(layers.Dense(hp.Int("units", 2, 4)))\nmodel.add(Scale())\nmodel.add(layers.Dense(1))'
_SEARCH = """
tuner = kt.RandomSearch(build_model, "loss", max_trials=3, overwrite=True)
tuner.search(np.ones((8, 4)), np.ones((8, 1)), epochs=1)
"""


class VariableNeverTrained(Rule):
    """A layer keeps a `tf.Variable`, which Keras 3 does not count among its weights.

    ## What it does
    Looks at the models that rehearsals train: at trainable variables of TensorFlow's with several numbers that a layer
    or model of the file keeps, that are none of its weights, and that the training left as they were.

    ## Why it matters
    No optimizer changes them and no saved model holds them, without a word: every trial goes on with the numbers that
    the layer began with.

    ## Fix
    `keras.Variable(…)`, or `self.add_weight(…)`; `trainable=False` for what is to stay as it is.
    """

    code = "HS456"
    name = "variable-never-trained"
    severity = Severity.INFO

    INVALID = (
        Example.search(
            _SEARCH,
            body=_MODEL,
            before=_HEAD.format("tf.Variable(tf.ones((shape[-1],)), trainable=True)"),
            at="tf.Variable",
            fixed="self.factors = keras.Variable(tf.ones((shape[-1],)), trainable=True)",
            played=True,
        ),
    )
    VALID = (
        Example.search(
            _SEARCH, body=_MODEL, before=_HEAD.format("tf.Variable(tf.ones((shape[-1],)), trainable=False)")
        ),
        Example.search(_SEARCH, body=_MODEL, before=_HEAD.format("keras.Variable(tf.ones((shape[-1],)))")),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code, told = analysis.module.code, []
        for each in (each for played in analysis.rehearsals for each in played.facts.get("untracked") or ()):
            node = _kept(each["class"], each["attribute"], code)
            if node is None or node in told:
                continue
            told.append(node)
            # Who writes it down wants it to learn; without that it may be a table of constants.
            given = code.argument(node, "trainable")
            meant = given is not None and code.value(given, default=None) is True
            yield self.finding(
                f"Keras 3 does not count a `tf.Variable` among the weights of `{each['class']}`: no training changes "
                f"`self.{each['attribute']}`, and no saved model holds it.",
                code.span(node.func),
                severity=Severity.WARNING if meant else None,
                repairs=partial(_counted, node, code),
            )


def _kept(owner: str, attribute: str, code: Code) -> ast.Call | None:
    """The only call whose result a class of the file keeps under a name."""
    found = [
        each.value
        for made in code.classes
        if made.name == owner
        for each in ast.walk(made)
        if isinstance(each, ast.Assign)
        and any(isinstance(one, ast.Attribute) and one.attr == attribute for one in each.targets)
    ]
    call = found[0] if len(found) == 1 else None
    return call if isinstance(call, ast.Call) and code.imported(call.func) == "tensorflow.Variable" else None


def _counted(call: ast.Call, code: Code) -> Iterator[Fix]:
    """Keras's own variable, with the same numbers."""
    keras = code.imported_as("keras", "tensorflow.keras")
    if keras is None:
        return
    first = next((each for each in code.keywords(call) if each.arg == "initial_value"), None)
    renamed = () if first is None else (Edit(code.span(first), f"initializer={code.source(first.value)}"),)
    yield Fix(f"Write {keras}.Variable", (Edit(code.span(call.func), f"{keras}.Variable"), *renamed))
