"""Search spaces of every kind that people build, each of 1,000 configurations or more, and what one of them takes.

`FAMILIES` maps a name to the text of a file whose `build(hp)` is the target. They are written in different styles on
purpose; `proofs.py` measures them, and the differential suite compares them with real builds.
"""

from __future__ import annotations

import contextlib
import random
import time
from typing import Any

HEAD = """
import keras
from keras import layers, ops
"""

TAIL = """
    model.compile("adam", "mse")
    return model
"""

FAMILIES: dict[str, str] = {}


def family(name: str, body: str) -> None:
    FAMILIES[name] = HEAD + body


family(
    "CNN 1D",
    """
def build(hp):
    model = keras.Sequential([keras.Input((96, 6))])
    for i in range(hp.Int("blocks", 1, 4)):
        model.add(layers.Conv1D(hp.Int(f"filters_{i}", 8, 64, step=8), hp.Choice(f"kernel_{i}", [3, 5, 9]), activation="relu"))
        model.add(layers.MaxPooling1D(hp.Choice(f"pool_{i}", [2, 3])))
    model.add(layers.Flatten())
    model.add(layers.Dense(hp.Int("units", 16, 128, step=16), activation="relu"))
    model.add(layers.Dense(5, activation="softmax"))
    model.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2, sampling="log")), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
""",
)

family(
    "CNN 2D",
    """
def build(hp):
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for i in range(hp.Int("blocks", 1, 4)):
        model.add(layers.Conv2D(hp.Int(f"filters_{i}", 16, 64, step=16), hp.Choice("kernel", [3, 5, 7]), activation="relu"))
        if hp.Boolean("norm"):
            model.add(layers.BatchNormalization())
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Dropout(hp.Float(f"dropout_{i}", 0.0, 0.5, step=0.1)))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
""",
)

family(
    "CNN 3D",
    """
def block(x, filters, kernel, hp):
    x = layers.Conv3D(filters, kernel, padding=hp.Choice("padding", ["same", "valid"]))(x)
    x = layers.ReLU()(x)
    return layers.AveragePooling3D(2)(x)

def build(hp):
    inputs = keras.Input((24, 24, 24, 2))
    x = inputs
    for i in range(hp.Int("depth", 1, 3)):
        x = block(x, hp.Choice(f"filters_{i}", [4, 8, 16, 32]), hp.Choice("kernel", [2, 3, 5]), hp)
    x = layers.GlobalAveragePooling3D()(x)
    outputs = layers.Dense(hp.Int("classes", 2, 9))(x)
    model = keras.Model(inputs, outputs)
"""
    + TAIL,
)

family(
    "residual",
    """
def build(hp):
    inputs = keras.Input((32, 32, 3))
    filters = hp.Choice("filters", [16, 32, 48, 64])
    x = layers.Conv2D(filters, 3, padding="same")(inputs)
    for i in range(hp.Int("blocks", 1, 4)):
        y = layers.Conv2D(hp.Choice(f"filters_{i}", [16, 32, 48, 64]), 3, padding="same", activation="relu")(x)
        y = layers.BatchNormalization()(y)
        if hp.Boolean("project"):
            x = layers.Conv2D(y.shape[-1], 1)(x)
        x = layers.ReLU()(x + y)
        if hp.Choice(f"pool_{i}", [True, False]):
            x = layers.MaxPooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
""",
)

family(
    "U-Net",
    """
def convolve(x, filters, hp):
    x = layers.Conv2D(filters, 3, padding=hp.Choice("padding", ["same", "valid"]), activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)

def build(hp):
    inputs = keras.Input((hp.Choice("size", [64, 72, 96, 100]), 64, 1))
    depth, filters = hp.Int("depth", 1, 5), hp.Int("filters", 8, 32, step=8)
    skips, x = [], inputs
    for level in range(depth):
        x = convolve(x, filters * 2 ** level, hp)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = convolve(x, filters * 2 ** depth, hp)
    for level in reversed(range(depth)):
        x = layers.Conv2DTranspose(filters * 2 ** level, 2, strides=2)(x)
        x = layers.Concatenate()([x, skips[level]])
        x = convolve(x, filters * 2 ** level, hp)
    x = layers.Dropout(hp.Float("dropout", 0.1, 0.5, step=0.1))(x)
    outputs = layers.Conv2D(1, 1, activation=hp.Choice("last", ["sigmoid", "linear", "tanh"]))(x)
    model = keras.Model(inputs, outputs)
"""
    + TAIL,
)

family(
    "inception",
    """
def build(hp):
    inputs = x = keras.Input((48, 48, 3))
    for i in range(hp.Int("modules", 1, 3)):
        branches = [
            layers.Conv2D(hp.Int(f"one_{i}", 8, 32, step=8), 1, activation="relu")(x),
            layers.Conv2D(hp.Int(f"three_{i}", 8, 32, step=8), 3, padding="same", activation="relu")(x),
            layers.MaxPooling2D(hp.Choice("pool", [2, 3]), strides=1, padding=hp.Choice("pool_padding", ["same", "valid"]))(x),
        ]
        x = layers.concatenate(branches)
        x = layers.MaxPooling2D(2)(x)
    x = layers.GlobalMaxPooling2D()(x)
    model = keras.Model(inputs, layers.Dense(3)(x))
"""
    + TAIL,
)

family(
    "LSTM stack",
    """
def build(hp):
    model = keras.Sequential()
    model.add(keras.Input((30, 4)))
    depth = hp.Int("depth", 1, 4)
    for i in range(depth):
        model.add(layers.LSTM(hp.Int(f"units_{i}", 16, 128, step=16), return_sequences=hp.Boolean("sequences") or i < depth - 2))
        model.add(layers.Dropout(hp.Choice(f"dropout_{i}", [0.1, 0.2, 0.3])))
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model
""",
)

family(
    "GRU encoder and decoder",
    """
def build(hp):
    inputs = keras.Input((20, 3))
    state = layers.GRU(hp.Int("encoder", 8, 64, step=8))(inputs)
    x = layers.RepeatVector(hp.Int("horizon", 1, 12))(state)
    for i in range(hp.Int("layers", 1, 3)):
        x = layers.GRU(hp.Int(f"decoder_{i}", 8, 64, step=8), return_sequences=True)(x, initial_state=state if hp.Boolean("carry") else None)
    outputs = layers.TimeDistributed(layers.Dense(1))(x)
    model = keras.Model(inputs, outputs)
"""
    + TAIL,
)

family(
    "bidirectional with attention",
    """
def build(hp):
    inputs = keras.Input((60, 8))
    x = layers.Conv1D(hp.Int("filters", 16, 64, step=16), hp.Choice("kernel", [3, 5, 7]), padding=hp.Choice("padding", ["same", "valid"]))(inputs)
    x = layers.MaxPooling1D(hp.Int("pool", 2, 6))(x)
    x = layers.Bidirectional(layers.GRU(hp.Int("units", 8, 64, step=8), return_sequences=hp.Boolean("sequences")))(x)
    x = layers.MultiHeadAttention(hp.Int("heads", 1, 8), hp.Choice("key", [8, 16, 32]))(x, x)
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(2)(x))
"""
    + TAIL,
)

family(
    "transformer encoder",
    """
def encoder(x, heads, width, inner, dropout):
    attended = layers.MultiHeadAttention(num_heads=heads, key_dim=width // heads, dropout=dropout)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
    inside = layers.Dense(inner, activation="relu")(x)
    inside = layers.Dense(width)(inside)
    return layers.LayerNormalization(epsilon=1e-6)(x + inside)

def build(hp):
    inputs = keras.Input((32,), dtype="int32")
    dim, width = hp.Choice("dim", [32, 48, 64, 96]), hp.Choice("width", [32, 48, 64, 96])
    x = layers.Embedding(1000, dim)(inputs)
    for i in range(hp.Int("blocks", 1, 3)):
        x = encoder(x, hp.Choice("heads", [2, 4, 8]), width, hp.Int(f"inner_{i}", 32, 128, step=32), hp.Choice("dropout", [0.0, 0.1]))
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
""",
)

family(
    "ViT with its own patches",
    """
class Patches(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def call(self, images):
        if images.shape[1] % self.size:
            raise ValueError(f"{images.shape[1]} pixels do not divide into patches of {self.size}")
        patches = ops.image.extract_patches(images, self.size)
        return ops.reshape(patches, (-1, patches.shape[1] * patches.shape[2], patches.shape[3]))

class Encoder(layers.Layer):
    def __init__(self, count, width):
        super().__init__()
        self.count = count
        self.projection = layers.Dense(width)
        self.position = layers.Embedding(count, width)

    def call(self, patches):
        return self.projection(patches) + self.position(ops.arange(self.count))

def build(hp):
    size, pixels = hp.Choice("patch", [4, 6, 8, 12, 16]), hp.Choice("pixels", [48, 64, 72])
    inputs = keras.Input((pixels, pixels, 3))
    width = hp.Int("width", 32, 128, step=32)
    x = Encoder((pixels // size) ** 2, width)(Patches(size)(inputs))
    for _ in range(hp.Int("blocks", 1, 4)):
        normed = layers.LayerNormalization()(x)
        x = layers.Add()([layers.MultiHeadAttention(hp.Choice("heads", [2, 4]), width)(normed, normed), x])
        x = layers.Add()([layers.Dense(width)(layers.Dense(hp.Choice("inner", [64, 128, 256]), "gelu")(x)), x])
    x = layers.Flatten()(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
"""
    + TAIL,
)

family(
    "own layer with a divisibility check",
    """
class Grouped(keras.layers.Layer):
    def __init__(self, groups, units, **kwargs):
        super().__init__(**kwargs)
        self.groups, self.units = groups, units

    def build(self, shape):
        if shape[-1] % self.groups != 0:
            raise ValueError(f"{shape[-1]} features do not divide into {self.groups} groups")
        self.kernel = self.add_weight(shape=(shape[-1] // self.groups, self.units), name="kernel")

    def call(self, x):
        x = ops.reshape(x, (-1, self.groups, x.shape[-1] // self.groups))
        return ops.reshape(ops.matmul(x, self.kernel), (-1, self.groups * self.units))

def build(hp):
    model = keras.Sequential([keras.Input((24,))])
    for i in range(hp.Int("depth", 1, 3)):
        model.add(layers.Dense(hp.Int(f"units_{i}", 8, 64, step=8), activation="relu"))
        model.add(Grouped(hp.Choice("groups", [2, 3, 4, 8]), hp.Int("width", 4, 12, step=4)))
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model
""",
)

family(
    "subclassed model",
    """
class Net(keras.Model):
    def __init__(self, blocks, filters, kernel, pool):
        super().__init__()
        self.blocks = [layers.Conv2D(filters, kernel, activation="relu") for _ in range(blocks)]
        self.pool = layers.MaxPooling2D(pool)
        self.head = layers.Dense(10, activation="softmax")

    def call(self, x):
        for block in self.blocks:
            x = self.pool(block(x))
        return self.head(layers.Flatten()(x))

def build(hp):
    model = Net(hp.Int("blocks", 1, 4), hp.Int("filters", 8, 64, step=4), hp.Choice("kernel", [3, 5, 7]), hp.Choice("pool", [2, 3]))
    model.build((None, 32, 32, 3))
    model.compile(keras.optimizers.Adam(hp.Choice("rate", [1e-2, 1e-3, 1e-4])), "sparse_categorical_crossentropy")
    return model
""",
)

family(
    "several inputs and outputs",
    """
def build(hp):
    image = keras.Input((24, 24, 1), name="image")
    table = keras.Input((12,), name="table")
    x = layers.Conv2D(hp.Int("filters", 8, 32, step=8), hp.Choice("kernel", [3, 5, 7]), strides=hp.Choice("stride", [1, 2]))(image)
    x = layers.MaxPooling2D(hp.Choice("pool", [2, 3, 4]))(x)
    x = layers.Conv2D(16, hp.Choice("kernel_2", [3, 5]))(x)
    x = layers.Flatten()(x)
    y = layers.Dense(hp.Int("units", 8, 64, step=8), activation="relu")(table)
    both = layers.concatenate([x, y])
    label = layers.Dense(3, activation="softmax", name="label")(both)
    value = layers.Dense(1, name="value")(both)
    model = keras.Model(inputs=[image, table], outputs=[label, value])
    model.compile("adam", loss={"label": "sparse_categorical_crossentropy", "value": "mse"}, loss_weights={"label": 1.0, "value": hp.Choice("weight", [0.1, 0.5])})
    return model
""",
)

family(
    "raw operations",
    """
def build(hp):
    inputs = keras.Input((40, 6))
    x = inputs[:, hp.Int("skip", 0, 8):]
    window = hp.Choice("window", [4, 5, 6, 8])
    x = ops.reshape(x, (-1, x.shape[1] // window, window * x.shape[2]))
    x = ops.concatenate([x, ops.mean(x, axis=1, keepdims=True)], axis=1)
    y = layers.Dense(hp.Int("units", 8, 64, step=8))(x)
    z = layers.Dense(hp.Choice("width", [16, 24, 32, 40, 64]))(x)
    x = y * ops.sigmoid(z) + 0.5
    x = ops.max(x[:, -hp.Int("last", 1, 6):], axis=1)
    model = keras.Model(inputs, layers.Dense(1)(x))
"""
    + TAIL,
)

family(
    "VAE",
    """
class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        return mean + ops.exp(0.5 * log_var) * keras.random.normal(ops.shape(mean))

class Divergence(layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        self.add_loss(-0.5 * ops.mean(log_var - ops.square(mean) - ops.exp(log_var) + 1))
        return inputs

def build(hp):
    inputs = keras.Input((28, 28, 1))
    x = inputs
    for i in range(hp.Int("depth", 1, 3)):
        x = layers.Conv2D(hp.Int(f"filters_{i}", 8, 64, step=8), hp.Choice("kernel", [3, 5]), strides=2, padding=hp.Choice("padding", ["same", "valid"]))(x)
    x = layers.Flatten()(x)
    mean = layers.Dense(hp.Int("latent", 2, 16, step=2))(x)
    log_var = layers.Dense(hp.Int("latent", 2, 16, step=2))(x)
    mean, log_var = Divergence()([mean, log_var])
    x = layers.Dense(7 * 7 * 8)(Sampling()([mean, log_var]))
    x = layers.Reshape((7, 7, 8))(x)
    x = layers.Conv2DTranspose(16, 3, strides=2, padding="same")(x)
    outputs = layers.Conv2DTranspose(1, hp.Choice("last", [3, 5]), strides=2, padding="same")(x)
    model = keras.Model(inputs, outputs)
"""
    + TAIL,
)

family(
    "grouped 3D",
    """
def build(hp):
    inputs = x = keras.Input((16, 32, 32, 1))
    groups = hp.Choice("groups", [1, 2, 4, 8])
    for i in range(hp.Int("blocks", 1, 3)):
        filters = hp.Int(f"filters_{i}", 8, 40, step=4)
        x = layers.Conv3D(filters, 3, padding="same", groups=1 if i == 0 else groups)(x)
        x = layers.GroupNormalization(hp.Choice("norm", [2, 4, 8]))(x)
        x = layers.MaxPooling3D(hp.Choice("pool", [2, 4]))(x)
    x = layers.GlobalAveragePooling3D()(x)
    model = keras.Model(inputs, layers.Dense(2)(x))
"""
    + TAIL,
)

family(
    "tabular",
    """
def build(hp):
    model = keras.Sequential()
    model.add(layers.Input(shape=(30,)))
    for i in range(6):
        model.add(layers.Dense(units=hp.Int("units_" + str(i), min_value=32, max_value=512, step=32), kernel_initializer=hp.Choice("init_" + str(i), ["he_normal", "glorot_uniform"])))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation(hp.Choice("activation_" + str(i), values=["relu", "tanh", "elu"])))
        model.add(layers.Dropout(rate=hp.Float("dropout_" + str(i), min_value=0.0, max_value=0.5, step=0.1)))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice("learning_rate", values=[1e-2, 1e-3, 1e-4])), loss="binary_crossentropy", metrics=["accuracy"])
    return model
""",
)

family(
    "MobileNetV2 with a tuned head",
    """
def build(hp):
    base = keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights=None)
    base.trainable = False
    inputs = keras.Input((96, 96, 3))
    x = keras.applications.mobilenet_v2.preprocess_input(inputs)
    x = base(x, training=False)
    if hp.Boolean("convolve"):
        x = layers.Conv2D(hp.Int("filters", 32, 128, step=32), hp.Choice("kernel", [1, 2, 3, 4]))(x)
    x = layers.GlobalAveragePooling2D()(x)
    for i in range(hp.Int("dense", 1, 3)):
        x = layers.Dense(hp.Int(f"units_{i}", 32, 256, step=32), activation="relu")(x)
        x = layers.Dropout(hp.Float(f"dropout_{i}", 0.1, 0.5, step=0.1))(x)
    model = keras.Model(inputs, layers.Dense(5, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
""",
)

family(
    "EfficientNet by its output",
    """
def build(hp):
    base = keras.applications.EfficientNetB0(include_top=False, weights="imagenet", input_shape=(64, 64, 3))
    for layer in base.layers:
        layer.trainable = False
    x = base.output
    pool = hp.Choice("pool", [1, 2, 3])
    x = layers.MaxPooling2D(pool)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(hp.Int("units", 64, 1024, step=64), activation=hp.Choice("activation", ["relu", "swish"]))(x)
    x = layers.Dropout(hp.Float("dropout", 0.0, 0.6, step=0.1))(x)
    outputs = layers.Dense(7, activation="softmax")(x)
    model = keras.Model(inputs=base.input, outputs=outputs)
    model.compile(keras.optimizers.Adam(hp.Choice("rate", [1e-3, 1e-4, 1e-5])), "categorical_crossentropy", metrics=["accuracy"])
    return model
""",
)

family(
    "reused encoder",
    """
def encoder(hp):
    inputs = keras.Input((64, 1))
    x = layers.Conv1D(hp.Int("filters", 8, 64, step=8), hp.Choice("kernel", [3, 5, 9]))(inputs)
    x = layers.MaxPooling1D(hp.Int("pool", 2, 8))(x)
    x = layers.LSTM(hp.Int("units", 8, 64, step=8))(x)
    return keras.Model(inputs, x, name="encoder")

def build(hp):
    twin = encoder(hp)
    left, right = keras.Input((64, 1)), keras.Input((64, 1))
    distance = layers.Lambda(lambda pair: ops.abs(pair[0] - pair[1]))([twin(left), twin(right)])
    outputs = layers.Dense(1, activation="sigmoid")(distance)
    model = keras.Model([left, right], outputs)
    model.compile("adam", "binary_crossentropy")
    return model
""",
)


def passes(source: str, count: int) -> tuple[float, float]:
    """Seconds for each of `count` random configurations, first and again."""
    from probe import PATH, load

    from hypershape.agent.engine import Engine

    function, engine, generator = load(source), Engine(None, [PATH]), random.Random(0)
    space: dict[str, dict[str, Any]] = {}
    tried: list[dict[str, Any]] = [{}]
    spent = 0.0
    while len(tried) <= count:
        started = time.perf_counter()
        report = engine.probe(function, tried[-1], "symbolic")
        spent += time.perf_counter() - started
        space |= {hp["name"]: hp for hp in report["new"]}
        tried.append(drawn(space, generator))
    started = time.perf_counter()
    for configuration in tried[:-1]:
        engine.probe(function, configuration, "symbolic")
    return spent / count, (time.perf_counter() - started) / count


def drawn(space: dict[str, dict[str, Any]], generator: random.Random) -> dict[str, Any]:
    """One value for each hyperparameter, as a random search draws it."""
    return {
        name: generator.choice(hp["values"]) if hp["values"] else generator.uniform(hp["min"], hp["max"])
        for name, hp in space.items()
    }


def plain_loop(source: str, configurations: list[dict[str, Any]]) -> float:
    """Seconds for each configuration that a plain loop builds, after one that warms Keras up; failures count, too."""
    import keras
    import keras_tuner
    from probe import load, seconds_each

    function = load(source)

    def once(configuration: dict[str, Any]) -> None:
        hp = keras_tuner.HyperParameters()
        hp.values = dict(configuration)
        with contextlib.suppress(Exception):
            function(hp)
        keras.backend.clear_session(free_memory=False)

    return seconds_each(once, configurations)
