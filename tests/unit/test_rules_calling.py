"""Calls that Keras does not take, as the text is after their repair."""

from typing import Any

import pytest

from hypershape.fixes import apply
from hypershape.model import Frame, ProbeError
from hypershape.rules.common import calling

from .handmade import at, module

TEXT = """
    import keras
    from keras import layers, ops

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.layers = [layers.Dense(3)]
            self.att = layers.MultiHeadAttention(2, 4)

        def call(self, x):
            if ops.max(x) > 1.0:
                x = x / 255.0
            x = self.att(x)
            for each in self.layers:
                x = each(x)
            return x

    def build_model(hp):
        inputs = keras.Input((9, 4))
        x = layers.LSTM(hp.Int("units", 3, 9), return_state=True)(inputs)
        return keras.Model(inputs, layers.Dense(2)(x))
"""
READ = module(TEXT)


def refused(where: str, message: str, layer: str, kind: str = "other", **details: Any) -> ProbeError:
    frames = (Frame(at(READ, where), "call"),)
    return ProbeError("ValueError", message, "build", frames, layer_class=layer, kind=kind, details=details)


@pytest.mark.parametrize(
    ("error", "said", "becomes"),
    [
        (
            refused(
                "ops.max(x) > 1.0", "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed.", "Net"
            ),
            "asks in Python whether a tensor holds",
            "        x = ops.where(ops.max(x) > 1.0, x / 255.0, x)\n        x = self.att(x)",
        ),
        (
            refused("self.att(x)", "missing a required argument: 'value'", "MultiHeadAttention"),
            "`MultiHeadAttention` is called without `value`",
            "x = self.att(x, x)",
        ),
        (
            refused("layers.Dense(2)(x)", "expects 1", "Dense", "inputs-count", taken=1, given=3),
            "`Dense` takes one tensor and gets a list of 3: LSTM gives its states as well",
            'layers.LSTM(hp.Int("units", 3, 9))(inputs)',
        ),
        (
            refused("self.layers", "`Model.layers` attribute is reserved and should not be used.", "Net"),
            "`Net` sets `layers`, an attribute that Keras keeps for itself",
            "for each in self.own_layers:",
        ),
    ],
)
def test_what_keras_does_not_take_is_said_and_repaired(error: ProbeError, said: str, becomes: str) -> None:
    assert said in str(calling.words(error, READ.code))
    (fix,) = calling.repairs(error, READ.code)
    assert becomes in apply(READ.document, fix.edits).text


def test_what_has_another_cause_is_not_said() -> None:
    error = refused("layers.Dense(2)(x)", "expected axis -1 to have value 9", "Dense", "axis")
    assert calling.words(error, READ.code) is None
    assert list(calling.repairs(error, READ.code)) == []
