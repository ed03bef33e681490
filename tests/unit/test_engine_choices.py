"""Where an expression chooses a value, the choice itself is a value in a run that is followed."""

from __future__ import annotations

from typing import Any

import pytest

from .engine_child import probe
from .test_engine_free import HEAD, free, target

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

CHOSEN = {
    "a ternary of texts": "x = layers.Conv2D(4, 3, padding='same' if hp.Boolean('a') else 'valid')(x)",
    "a ternary of classes": "P = layers.MaxPooling2D if hp.Choice('a', ['max', 'avg']) == 'max' else layers.AveragePooling2D\nx = P(2)(x)",
    "a ternary of layers that are called": "x = (layers.MaxPooling2D(2) if hp.Boolean('a') else layers.Conv2D(8, 2, strides=2))(x)",
    "a ternary of tensors": "x = layers.BatchNormalization()(x) if hp.Boolean('a') else x",
    "an input or what is made of it": "x = layers.Conv2D(4, 3)(x if hp.Boolean('a') else layers.Conv2D(8, 1)(x))",
    "tensors of other sizes": "x = layers.Conv2D(4, 3)(x) if hp.Boolean('a') else layers.Conv2D(8, 5)(x)",
    "a denial": "x = layers.Dense(4, use_bias=not hp.Boolean('a'))(x)",
    "two denials in one": "x = layers.Dense(4, use_bias=not hp.Boolean('a') and x.shape[1] == 12)(x)",
    "a table of functions": "acts = {'relu': keras.activations.relu, 'tanh': keras.activations.tanh}\nx = layers.Dense(4, activation=acts[hp.Choice('a', ['relu', 'tanh'])])(x)",
    "a table of classes": "norms = {'batch': layers.BatchNormalization, 'layer': layers.LayerNormalization}\nx = norms[hp.Choice('a', ['batch', 'layer'])]()(x)",
    "a table of sizes": "x = layers.Dense({'tiny': 2, 'large': 8}[hp.Choice('a', ['tiny', 'large'])])(x)",
    "a table of layers": "x = {'max': layers.MaxPooling2D(2), 'avg': layers.AveragePooling2D(2)}[hp.Choice('a', ['max', 'avg'])](x)",
    "a table of lambdas": "ways = {'one': lambda t: layers.Dense(4)(t), 'two': lambda t: layers.Conv2D(4, 1)(t)}\nx = ways[hp.Choice('a', ['one', 'two'])](x)",
    "a class by its name": "x = getattr(layers, hp.Choice('a', ['ReLU', 'ELU']))()(x)",
    "an optimizer by its name": "keras.Model(inputs, x).compile(getattr(keras.optimizers, hp.Choice('a', ['Adam', 'SGD']))(0.1), 'mse')",
    "the name of an optimizer": "keras.Model(inputs, x).compile(keras.optimizers.get(hp.Choice('a', ['adam', 'sgd'])), 'mse')",
    "branches that give other sizes": "if hp.Boolean('a'):\n    x = layers.Conv2D(4, 3)(x)\nelse:\n    x = layers.Conv2D(8, 5)(x)",
    "a function with several ends": "def down(t, how):\n    if how == 'max':\n        return layers.MaxPooling2D(2)(t)\n    return layers.ReLU()(t)\nx = down(x, hp.Choice('a', ['max', 'avg', 'no']))",
}  # fmt: skip


@pytest.mark.parametrize("body", CHOSEN.values(), ids=CHOSEN)
def test_what_is_chosen_is_no_influence_where_it_comes_to_one_case(body: str) -> None:
    assert free(body) == ["a"]


DECIDING = {
    "a padding that runs out": "x = layers.Conv2D(4, 13, padding='same' if hp.Boolean('a') else 'valid')(x)",
    "a class that refuses": "P = layers.MaxPooling2D if hp.Choice('a', ['max', 'dense']) == 'max' else layers.Dense\nx = P(13)(x)",
    "a table whose layers refuse": "x = {'max': layers.MaxPooling2D(13), 'avg': layers.AveragePooling2D(2)}[hp.Choice('a', ['max', 'avg'])](x)",
    "who refuses": "P = layers.MaxPooling2D if hp.Choice('a', ['max', 'avg']) == 'max' else layers.AveragePooling2D\nx = P(13)(x)",
    "layers that are called besides": "one, two = layers.Dense(4), layers.Dense(8)\nx = (one if hp.Boolean('a') else two)(x)\nx = layers.Reshape((12, 48))(two(x[..., :3]))",
    "a rank": "x = layers.Flatten()(x) if hp.Boolean('a') else x",
    "what one arm reads": "x = layers.Dense(hp.Int('units', 2, 8) if hp.Boolean('a') else 4)(x)",
    "a list that is filled": "seen = []\nx = layers.Dense(4 if hp.Boolean('a') or seen.append(1) else 5)(x)",
    "what a list keeps": "seen = []\nx = layers.Dense(seen.append(1) or 4 if hp.Boolean('a') else 4)(x)\nx = layers.Dense(2 + len(seen))(x)",
    "an optimizer that does not exist": "keras.Model(inputs, x).compile(keras.optimizers.get(hp.Choice('a', ['adam', 'adamm'])), 'mse')",
    "a key that is not there": "x = layers.Dense({'tiny': 2}[hp.Choice('a', ['tiny', 'large'])])(x)",
}  # fmt: skip


@pytest.mark.parametrize("body", DECIDING.values(), ids=DECIDING)
def test_what_is_chosen_is_an_influence_where_it_decides(body: str) -> None:
    assert "a" not in free(body)


def test_a_size_that_is_chosen_decides_where_it_is_asked_for() -> None:
    body = "x = layers.Conv2D(4, 3)(x) if hp.Boolean('a') else layers.Conv2D(8, 5)(x)\nx = layers.Reshape((10, 40))(x)"
    first, second = probe(target(body), {"a": True}, {"a": False})
    assert (first["verdict"], second["verdict"]) == ("ok", "fail")
    assert first["free"] == second["free"] == ()


def test_of_two_questions_only_those_that_python_asks_are_influences() -> None:
    body = """
    a, b = hp.Boolean("a"), hp.Boolean("b")
    if a and b:
        raise ValueError
    """
    reports = probe(target(body), {}, {"a": True}, {"a": True, "b": True})
    assert [each["free"] for each in reports] == [("b",), (), ()]


def test_a_method_of_a_hypermodel_is_followed_like_a_function() -> None:
    source = (
        HEAD
        + """
import keras_tuner as kt

class Model(kt.HyperModel):
    def cell(self, hp):
        return getattr(layers, hp.Choice("cell", ["LSTM", "GRU"]))(int(hp.Int("units", 2, 8) * 2))

    def build(self, hp):
        inputs = keras.Input((6, 2))
        model = keras.Model(inputs, layers.Dense(1)(self.cell(hp)(inputs)))
        model.compile("adam", "mse")
        return model

build = Model().build
"""
    )
    assert sorted(probe(source, {})[0]["free"]) == ["cell", "units"]


def test_the_functions_have_their_own_code_back_and_failures_their_places() -> None:
    body = "x = layers.Conv2D(4, 13)(x) if hp.Boolean('a') else layers.Conv2D(4, 3)(x)"
    whole: Any = probe(target(body), {"a": False}, {"a": True}, {"a": False}, {"a": True})
    assert [each["verdict"] for each in whole] == ["ok", "fail", "ok", "fail"]
    assert whole[1]["error"] == whole[3]["error"]
    assert whole[1]["error"]["frames"][-1]["function"] == "build"
