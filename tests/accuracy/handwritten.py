"""Kinds of models that people write and that generated programs do not reach, as `build` functions."""

from __future__ import annotations

from .programs import Program

_HEAD = "import keras\nfrom keras import layers, ops\n\n"


def program(source: str, x=None, y=None) -> Program:
    """A program that imports what people import, and the shapes of its data."""
    return Program(_HEAD + source.strip("\n") + "\n", x, y)


CASES: dict[str, Program] = {
    "layer whose variable is made from a value": program(
        """
class Scale(layers.Layer):
    def build(self, shape):
        self.factor = keras.Variable(ops.ones((shape[-1],)) * 2.0)
    def call(self, x):
        return x * self.factor
def build(hp):
    x = inputs = keras.Input((8,))
    x = Scale()(x)
    model = keras.Model(inputs, layers.Dense(3)(x))
    model.compile(loss="mse")
    return model
""",
        (8,),
        (3,),
    ),
    "custom call with raw operations": program(
        """
class Mix(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)
    def call(self, x):
        a = self.dense(x)
        return ops.concatenate([a, ops.relu(x)], axis=-1)
def build(hp):
    x = inputs = keras.Input((8,))
    x = Mix(hp.Int("units", 4, 8))(x)
    x = ops.reshape(x, (-1, 3, 4))
    model = keras.Model(inputs, layers.Flatten()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "reshape that mixes samples, so that no labels go with its rows": program(
        """
def build(hp):
    inputs = keras.Input((37, 6))
    x = ops.reshape(inputs, (-1, 4, 48))
    model = keras.Model(inputs, layers.Dense(1)(layers.LSTM(4)(x)))
    model.compile("adam", "mse")
    return model
""",
    ),
    "reshape that a batch cannot be divided into": program(
        """
def build(hp):
    inputs = keras.Input((39, 6))
    x = ops.reshape(inputs, (-1, 6, 36))
    model = keras.Model(inputs, layers.Dense(1)(layers.LSTM(4)(x)))
    model.compile("adam", "mse")
    return model
""",
    ),
    "steps that are merged with samples and parted again": program(
        """
def build(hp):
    inputs = keras.Input((5, 12))
    x = layers.Dense(8)(ops.reshape(inputs, (-1, 12)))
    x = layers.LSTM(4)(ops.reshape(x, (-1, 5, 8)))
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
""",
    ),
    "operators on symbolic tensors that do not fit": program(
        """
def build(hp):
    inputs = keras.Input((8,))
    a = layers.Dense(4)(inputs)
    b = layers.Dense(5)(inputs)
    model = keras.Model(inputs, a + b)
    model.compile(loss="mse")
    return model
""",
    ),
    "tensorflow function on a symbolic tensor": program(
        """
import tensorflow as tf
def build(hp):
    x = inputs = keras.Input((8,))
    x = tf.nn.relu(layers.Dense(4)(x))
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "lambda": program(
        """
def build(hp):
    x = inputs = keras.Input((8, 4))
    x = layers.Lambda(lambda t: ops.mean(t, axis=1))(x)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile(loss="mse")
    return model
""",
        (8, 4),
        (2,),
    ),
    "normalization adapted in the builder": program(
        """
import numpy as np
def build(hp):
    normalization = layers.Normalization()
    normalization.adapt(np.arange(40.0).reshape(10, 4))
    model = keras.Sequential([keras.Input((4,)), normalization, layers.Dense(3)])
    model.compile(loss="mse")
    return model
""",
        (4,),
        (3,),
    ),
    "weights set in the builder": program(
        """
import numpy as np
def build(hp):
    dense = layers.Dense(3)
    model = keras.Sequential([keras.Input((4,)), dense])
    dense.set_weights([np.ones((4, 3)), np.zeros(3)])
    assert float(model(np.ones((1, 4)))[0, 0]) == 4.0
    model.compile(loss="mse")
    return model
""",
        (4,),
        (3,),
    ),
    "weights of a wrong shape set in the builder": program(
        """
import numpy as np
def build(hp):
    dense = layers.Dense(3)
    model = keras.Sequential([keras.Input((4,)), dense])
    dense.set_weights([np.ones((5, 3)), np.zeros(3)])
    return model
""",
    ),
    "initial weights checked against zero": program(
        """
def build(hp):
    dense = layers.Dense(3)
    model = keras.Sequential([keras.Input((4,)), dense])
    if not float(ops.sum(ops.abs(dense.kernel))) > 0:
        raise ValueError("no weights")
    model.compile(loss="mse")
    return model
""",
    ),
    "custom training step": program(
        """
class Mine(keras.Model):
    def train_step(self, data):
        return {"loss": 0.0}
def build(hp):
    inputs = keras.Input((8,))
    model = Mine(inputs, layers.Dense(2)(inputs))
    model.compile(loss="sparse_categorical_crossentropy")
    return model
""",
        (8,),
        (3,),
    ),
    "subclassed model that is built by data": program(
        """
class Mine(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.first = layers.Dense(units)
        self.last = layers.Dense(2)
    def call(self, x):
        return self.last(self.first(x))
def build(hp):
    model = Mine(hp.Int("units", 2, 4))
    model.compile(loss="mse")
    return model
""",
        (8,),
        (2,),
    ),
    "subclassed model that refuses its data": program(
        """
class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.LSTM(4)
        self.last = layers.LSTM(2)
    def call(self, x):
        return self.last(self.first(x))
def build(hp):
    model = Mine()
    model.compile(loss="mse")
    return model
""",
        (8, 3),
        (2,),
    ),
    "shared layer": program(
        """
def build(hp):
    a, b = keras.Input((8,)), keras.Input((8,))
    dense = layers.Dense(4)
    model = keras.Model([a, b], layers.Concatenate()([dense(a), dense(b)]))
    model.compile(loss="mse")
    return model
""",
    ),
    "shared layer on two widths": program(
        """
def build(hp):
    a, b = keras.Input((8,)), keras.Input((9,))
    dense = layers.Dense(4)
    model = keras.Model([a, b], layers.Concatenate()([dense(a), dense(b)]))
    model.compile(loss="mse")
    return model
""",
    ),
    "several outputs with one loss each": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    x = layers.Dense(4)(x)
    a, b = layers.Dense(1, name="a")(x), layers.Dense(3, activation="softmax", name="b")(x)
    model = keras.Model(inputs, [a, b])
    model.compile(loss={"a": "mse", "b": "categorical_crossentropy"}, metrics={"b": ["accuracy"]})
    return model
""",
    ),
    "an input that no output needs": program(
        """
def build(hp):
    a, b = keras.Input((8,)), keras.Input((8,))
    model = keras.Model(a, layers.Add()([a, b]))
    model.compile(loss="mse")
    return model
""",
    ),
    "mixed precision": program(
        """
def build(hp):
    keras.mixed_precision.set_global_policy("mixed_float16")
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(3, dtype="float32")])
    model.compile(optimizer="adam", loss="mse")
    return model
""",
    ),
    "masks": program(
        """
def build(hp):
    x = inputs = keras.Input((8,), dtype="int32")
    x = layers.Embedding(20, 4, mask_zero=True)(x)
    x = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(x)
    x = layers.LSTM(3)(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "recurrent states passed on": program(
        """
def build(hp):
    x = inputs = keras.Input((8, 3))
    x, h, c = layers.LSTM(5, return_sequences=True, return_state=True)(x)
    x = layers.LSTM(5)(x, initial_state=[h, c])
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "recurrent states of a wrong width": program(
        """
def build(hp):
    x = inputs = keras.Input((8, 3))
    x, h, c = layers.LSTM(5, return_sequences=True, return_state=True)(x)
    x = layers.LSTM(6)(x, initial_state=[h, c])
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "attention": program(
        """
def build(hp):
    x = inputs = keras.Input((8, 6))
    x = layers.MultiHeadAttention(num_heads=2, key_dim=3)(x, x)
    x = layers.LayerNormalization()(layers.Add()([x, inputs]))
    model = keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "cloned model": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])
    model = keras.models.clone_model(model)
    model.compile(loss="mse")
    return model
""",
    ),
    "model from its configuration": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dropout(0.5)])
    model = keras.Sequential.from_config(model.get_config())
    model.compile(loss="mse")
    return model
""",
    ),
    "pretrained network": program(
        """
def build(hp):
    base = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(32, 32, 3))
    base.trainable = False
    x = layers.GlobalAveragePooling2D()(base.output)
    model = keras.Model(base.input, layers.Dense(4)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "pretrained network on too small an image": program(
        """
def build(hp):
    base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(28, 28, 3))
    model = keras.Sequential([base, layers.Flatten(), layers.Dense(2)])
    model.compile(loss="mse")
    return model
""",
    ),
    "model with a state that the layer creates in call": program(
        """
class Late(layers.Layer):
    def call(self, x):
        if not hasattr(self, "w"):
            self.w = self.add_weight(shape=(x.shape[-1],), initializer="ones")
        return x * self.w
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, Late()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "exception caught by the builder": program(
        """
def build(hp):
    x = inputs = keras.Input((4, 4, 1))
    try:
        x = layers.Conv2D(3, 7)(x)
    except ValueError:
        x = layers.Conv2D(3, 7, padding="same")(x)
    model = keras.Model(inputs, layers.Flatten()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "bare except in the builder": program(
        """
def build(hp):
    x = inputs = keras.Input((4, 4, 1))
    try:
        x = layers.Conv2D(3, 7)(x)
    except:
        x = layers.Conv2D(3, 3)(x)
    model = keras.Model(inputs, layers.Flatten()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "layer made frozen and renamed": program(
        """
def build(hp):
    dense = layers.Dense(4)
    dense.trainable = False
    model = keras.Sequential([keras.Input((8,)), dense, layers.Dense(2, name="out")])
    model.compile(loss="mse")
    return model
""",
        (8,),
        (2,),
    ),
    "two layers of one name": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8,))])
    for _ in range(2):
        model.add(layers.Dense(4, name="d"))
    return model
""",
    ),
    "two layers of one name in a functional model": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    for _ in range(2):
        x = layers.Dense(4, name="d")(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "layer asked for its shape": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3)])
    width = model.output_shape[1]
    model.add(layers.Reshape((width * width, 4)))
    model.add(layers.Dense(model.layers[-1].output.shape[-1]))
    model.compile(loss="mse")
    return model
""",
    ),
    "learning rate schedule": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 100)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule), loss="mse")
    return model
""",
        (8,),
        (3,),
    ),
    "loss of the user's own": program(
        """
def distance(y, p):
    return ops.mean(ops.abs(y - p), axis=-1)
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    model.compile(optimizer="adam", loss=distance, metrics=[distance])
    return model
""",
        (8,),
        (3,),
    ),
    "loss of the user's own that fails": program(
        """
def distance(y, p):
    return ops.matmul(y, p)
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    model.compile(optimizer="adam", loss=distance)
    return model
""",
        (8,),
        (3,),
    ),
    "metric of a wrong rank": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss="mse", metrics=[keras.metrics.SparseCategoricalAccuracy()])
    return model
""",
        (8,),
        (3,),
    ),
    "gaussian process of a tuner's own model": program(
        """
import keras_tuner
hypermodel = keras_tuner.applications.HyperXception(include_top=True, input_shape=(64, 64, 3), classes=4)
def build(hp):
    return hypermodel.build(hp)
""",
    ),
    "nested sequential used twice": program(
        """
def build(hp):
    block = keras.Sequential([layers.Dense(6), layers.Dropout(0.2)])
    x = inputs = keras.Input((6,))
    x = block(block(x))
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "augmentation inside the model": program(
        """
def build(hp):
    augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
    x = inputs = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 255)(augment(x))
    x = layers.Conv2D(4, 3)(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "session cleared in the builder": program(
        """
def build(hp):
    keras.backend.clear_session()
    model = keras.Sequential([layers.Input((8,)), layers.Dense(3)])
    model.compile(loss="mse")
    model.summary()
    return model
""",
    ),
}
