"""Functions of TensorFlow in the `call` of the user's layers: remembered like Keras's operations, with the verdict of a build."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from tests.thinned import one_of

from .engine_child import in_child, probe
from .test_engine_own import HEAD, _second, second

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow


def built(call: str, made: str = "Own(hp.Int('size', 2, 9))") -> str:
    """A model around a layer that holds `self.size` and whose `call` is this, on 12 steps of `units` numbers."""
    return f"""
import tensorflow as tf

class Own(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.inner = layers.Dense(size)

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), name="w")

    def call(self, x):
{textwrap.indent(textwrap.dedent(call), " " * 8)}

def build(hp):
    inputs = keras.Input((12, 4))
    x = layers.Dense(hp.Int("units", 2, 16))(inputs)
    x = layers.Flatten()({made}(x))
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(hp.Choice("optimizer", ["adam", "sgd"]), "mse")
    return model
"""


CALLS = {
    "attention over steps": "a = tf.nn.softmax(self.inner(x), axis=1)\nreturn tf.reduce_sum(a * self.inner(x), axis=1)",
    "a weight": "return tf.tanh(tf.matmul(x, self.w))",
    "a reshape": "return tf.reshape(self.inner(x), (-1, 12 * self.size))",
    "heads": (
        "q = tf.reshape(self.inner(x), [-1, x.shape[1], 1, self.size])\nq = tf.transpose(q, perm=[0, 2, 1, 3])\n"
        "return tf.matmul(tf.nn.softmax(tf.matmul(q, q, transpose_b=True) / 2.0), q)"
    ),
    "pieces": "return tf.concat(tf.unstack(tf.stack([x, tf.square(x)], axis=1), axis=1), axis=-1)",
    "a type": "return tf.cast(tf.cast(x, tf.float16), dtype=tf.float32)",
    "numbers around it": "return tf.where(x > 0.0, x, 0.1 * x) + tf.clip_by_value(x, -1.0, 1.0)",
    "a size that a batch tells": "return tf.reshape(self.inner(x), (tf.shape(x)[0], 4, 3 * self.size))",
    "a size as Keras gives it": (
        "from keras import ops\nb, n, w = ops.shape(x)\n"
        "return ops.reshape(ops.transpose(ops.reshape(x, (b, n, 1, w)), (0, 1, 3, 2)), (b, n * w))"
    ),
    "what is computed of sizes": (
        "n = tf.shape(x)[1]\nrows = tf.range(n)[:, None]\nmask = tf.cast(rows >= tf.range(n) - n + 12, x.dtype)\n"
        "return tf.matmul(tf.tile(mask[None], tf.stack([tf.shape(x)[0], 1, 1])), x)"
    ),
    "zeros for each sample": "return tf.concat([x, tf.zeros((tf.shape(x)[0], 2, x.shape[2]))], axis=1)",
    "random numbers": (
        "from keras import ops, random\ny = x + tf.random.normal((tf.shape(x)[0], 12, x.shape[2]))\n"
        "return y + random.normal(ops.shape(x), seed=random.SeedGenerator(1))"
    ),
    "a weight for each sample": (
        "w = tf.repeat(self.w[tf.newaxis], tf.shape(x)[0], axis=0)\nreturn tf.matmul(x, w)"
    ),
    "a table": "return x * tf.constant([[2.0] * 5] * 12)[:, : tf.shape(self.w)[1] - 2]",
    "samples taken apart and put together": (
        "steps = self.inner(tf.reshape(x, (-1, 12, x.shape[2])))\nflat = tf.reshape(tf.tanh(steps), (-1, self.size))\n"
        "return tf.reshape(flat * 2.0, (tf.shape(x)[0], tf.shape(x)[1], self.size))"
    ),
    "halves of the samples": (
        "y = tf.concat(tf.split(x[:, :, :2], 2, axis=2), axis=0)\ny = tf.nn.softmax(y)\n"
        "return tf.concat(tf.split(y, 2, axis=0), axis=2)"
    ),
    "the old backend of Keras": "from keras.src.legacy import backend as K\nreturn K.sum(K.exp(x), axis=1)",
}
FAILING = {
    "pieces that do not divide": ("return tf.concat(tf.split(x, self.size, axis=-1), axis=1)", {"size": 3}),
    "a product of other widths": ("return tf.matmul(self.inner(x), x, transpose_b=True)", {"size": 3}),
    "sizes that do not divide": (
        "return tf.reshape(x, (tf.shape(x)[0], 12, self.size, x.shape[2] // self.size))",
        {"size": 3},
    ),
    "samples that are put together otherwise": (
        "y = tf.reshape(x, (-1, self.size * 2))\nreturn tf.reshape(y, (tf.shape(x)[0], 12, self.size))",
        {"size": 4},
    ),
    "a table that is too short": ("return x * tf.constant([[2.0] * 4] * 12)[:, : tf.shape(x)[2]]", {}),
    "a shape of another volume": ("return tf.reshape(x, (-1, 12, self.size, 5))", {"size": 3}),
}


@pytest.mark.parametrize("name", one_of(2, CALLS))
def test_a_function_of_the_backend_is_remembered(name: str) -> None:
    report = second(built(CALLS[name]), {}, {"units": 7, "optimizer": "sgd"})
    assert report["verdict"] == "ok"
    assert "optimizer" in report["free"]


@pytest.mark.parametrize(("call", "given"), FAILING.values(), ids=FAILING)
def test_what_it_refuses_fails_as_a_build_says(call: str, given: dict[str, Any]) -> None:
    report = second(built(call), {**given, "units": 8}, {**given, "units": 8, "optimizer": "sgd"})
    assert report["verdict"] == "fail"


UNSEEN = {
    "the value of a shape": "return x * float(tf.shape(x)[1])",
    "a way that a size decides": "return x if tf.shape(x)[0] > 0 else 2.0 * x",
    "a shape as an object": "return tf.reshape(x, [-1, x.shape.as_list()[1] * x.shape[2]])",
    "a check of its rank": "tf.debugging.assert_rank(x, 3)\nreturn x",
    "what is caught": (
        "try:\n    return tf.split(x, 5, axis=-1)[0]\nexcept (TypeError, ValueError):\n    return x"
    ),
}


@pytest.mark.parametrize("call", UNSEEN.values(), ids=UNSEEN)
def test_what_no_stand_in_can_tell_is_what_keras_says(call: str) -> None:
    source = textwrap.dedent(built(call))
    report, whole, _ = in_child(_second, source, {}, {"units": 7, "optimizer": "sgd"}, None)
    for name in ("verdict", "error", "parameters", "log_names"):
        assert report[name] == whole[name], name
    assert [call["output_shapes"] for call in report["layers"]] == [
        call["output_shapes"] for call in whole["layers"]
    ]


PLACES = (
    built("from keras import ops\nreturn ops.take(self.table, ops.arange(x.shape[1]), axis=0) + x")
    .replace(
        "        self.w =",
        '        self.table = self.add_weight(shape=(self.size, shape[-1]), name="table")\n        self.w =',
    )
    .replace("hp.Int('size', 2, 9)", "hp.Int('size', 8, 16)")
)


@pytest.mark.parametrize(("size", "verdict"), [(16, "ok"), (12, "ok"), (11, "fail"), (8, "fail")])
def test_a_place_that_a_table_does_not_have_is_what_its_kernel_says(size: int, verdict: str) -> None:
    reports = probe(HEAD + PLACES, {"size": 14}, {"size": size}, {"size": size, "units": 9})
    assert [each["verdict"] for each in reports[1:]] == [verdict] * 2
    assert all(set(each["alike"].get("size", [])) <= {12, 13, 14, 15, 16} for each in reports)
