"""What Keras refuses and the user's code catches: remembered like any other outcome, with the verdict of a real build."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from .engine_child import in_child
from .test_engine_own import _second, second, shapes

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow


def by_keras(source: str, first: Any, other: Any) -> dict[str, Any]:
    """What is said of a configuration that the memory does not answer."""
    report, whole, remembered = in_child(_second, textwrap.dedent(source), first, other, None)
    assert not remembered, "the memory guessed"
    for name in ("verdict", "parameters", "configuration"):
        assert report[name] == whole[name], name
    return report


CONVOLVED = """
def convolved(x, filters, groups):
    try:
        return layers.Conv1D(filters, 3, groups=groups)(x)
    except {caught}:
        return layers.Dense(filters, activation="relu")(x)

def build(hp):
    x = inputs = keras.Input((16, 4))
    x = convolved(x, hp.Choice("filters", [4, 6, 8, 12]), hp.Choice("groups", [1, 3, 4]))
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    model.compile("adam", "mse")
    return model
"""


def test_layer_in_the_place_of_one_that_is_refused_is_remembered() -> None:
    report = second(CONVOLVED.format(caught="ValueError"), {"groups": 1}, {"filters": 12, "groups": 3})
    assert report["verdict"] == "ok"
    assert shapes(report)[0] == ("Dense", (None, 16, 12))


def test_refusal_that_no_handler_takes_is_a_failure_of_its_layer() -> None:
    source = CONVOLVED.format(caught="(TypeError, KeyError)")
    report = second(source, {"filters": 4, "groups": 3}, {"filters": 8, "groups": 3})
    assert report["verdict"] == "fail"
    assert report["error"]["layer_class"] == "Conv1D"


def test_refusal_under_suppress_is_passed_over() -> None:
    source = """
    import contextlib

    def build(hp):
        x = inputs = keras.Input((8, 8, 3))
        for _ in range(hp.Int("depth", 1, 4)):
            with contextlib.suppress(ValueError):
                x = layers.Conv2D(hp.Choice("filters", [4, 8]), 4)(x)
        model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
        model.compile("adam", "mse")
        return model
    """
    report = second(source, {"depth": 2}, {"depth": 4, "filters": 8})
    assert [name for name, _ in shapes(report)] == ["Conv2D", "Conv2D", "Flatten", "Dense"]


OWN = """
class Grouped(layers.Layer):
    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def {method}(self, x):
        if (x if isinstance(x, tuple) else x.shape)[-1] % self.groups:
            raise ValueError("features do not divide into groups")
        {returns}

def build(hp):
    inputs = keras.Input((12,))
    try:
        x = Grouped(hp.Choice("groups", [2, 4, 5, 7]))(inputs)
    except ValueError{named}
        x = layers.Dense(3)({asked})
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile("adam", "mse")
    return model
"""


@pytest.mark.parametrize("method", ["build", "call"])
def test_what_a_layer_of_the_user_raises_is_caught(method: str) -> None:
    returns = "return x" if method == "call" else "return None\n\n    def call(self, x):\n        return x"
    source = OWN.format(method=method, returns=returns, named=":", asked="inputs")
    report = second(source, {"groups": 2}, {"groups": 5})
    assert report["verdict"] == "ok"
    assert shapes(report)[0] == ("Dense", (None, 3))


def test_what_keras_adds_to_a_message_is_not_guessed() -> None:
    named = " as error:"
    asked = "inputs if 'Exception encountered' in str(error) else keras.ops.concatenate([inputs, inputs])"
    source = OWN.format(method="call", returns="return x", named=named, asked=asked)
    assert shapes(by_keras(source, {"groups": 2}, {"groups": 5}))[0] == ("Dense", (None, 3))


def test_layer_that_has_refused_one_input_is_not_guessed_on_another() -> None:
    source = """
    def build(hp):
        inputs = keras.Input((hp.Choice("size", [4, 8]), 2))
        layer = layers.Conv1D(3, 5)
        try:
            x = layer(inputs)
        except ValueError:
            x = layer(layers.UpSampling1D(4)(inputs))
        model = keras.Model(inputs, layers.Dense(2)(x))
        model.compile("adam", "mse")
        return model
    """
    assert by_keras(source, {"size": 8}, {"size": 4})["verdict"] == "ok"


def test_another_exception_in_the_place_of_a_refusal_is_what_ends_the_target() -> None:
    source = """
    class TooSmall(Exception):
        pass

    def build(hp):
        inputs = keras.Input((hp.Choice("size", [4, 6, 8, 12]), 2))
        try:
            x = layers.Conv1D(3, 7)(inputs)
        except ValueError as error:
            raise TooSmall("nothing is left") from error
        model = keras.Model(inputs, layers.Dense(2)(x))
        model.compile("adam", "mse")
        return model
    """
    report = second(source, {"size": 4}, {"size": 6})
    assert (report["verdict"], report["error"]["type"]) == ("fail", "TooSmall")


def test_failure_behind_a_caught_one_names_its_own_layer() -> None:
    source = """
    def build(hp):
        x = inputs = keras.Input((8, 2))
        try:
            x = layers.Conv1D(3, 9)(x)
        except ValueError:
            x = layers.MaxPooling1D(hp.Choice("pool", [2, 9, 10]))(x)
        model = keras.Model(inputs, layers.Dense(2)(x))
        model.compile("adam", "mse")
        return model
    """
    report = second(source, {"pool": 9}, {"pool": 10})
    assert (report["verdict"], report["error"]["layer_class"]) == ("fail", "MaxPooling1D")
