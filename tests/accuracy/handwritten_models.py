"""Ways to make, nest, compile and train models that generated programs do not reach."""

from __future__ import annotations

from .handwritten import program

_SMALL = """
def small():
    return keras.Sequential([keras.Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(3, activation="softmax")])
"""

CASES = {
    "nested functional models": program(
        """
def block(width, units):
    a = keras.Input((width,))
    return keras.Model(a, layers.Dense(units)(layers.Dropout(0.3)(a)))
def build(hp):
    units = hp.Int("units", 3, 5)
    x = inputs = keras.Input((8,))
    x = block(units, 2)(block(8, units)(x))
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "subclassed model built on a shape that its pooling cannot take in a graph": program(
        """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.convolve, self.pool = layers.Conv2D(4, 3), layers.AveragePooling2D(8)
        self.head = layers.Dense(2)
    def call(self, x):
        return self.head(layers.Flatten()(self.pool(self.convolve(x))))
def build(hp):
    model = Net()
    model.build((None, 9, 9, 1))
    model.compile("adam", "mse")
    return model
""",
    ),
    "functional model that is wrapped, on frames of its own size": program(
        """
def build(hp):
    image = keras.Input((12, 12, 1))
    encoder = keras.Model(image, layers.Flatten()(layers.Conv2D(2, 3)(image)))
    frames = keras.Input((4, 12, 12, 1))
    x = layers.TimeDistributed(encoder)(frames)
    model = keras.Model(frames, layers.Dense(2)(layers.LSTM(3)(x)))
    model.compile("adam", "mse")
    return model
""",
    ),
    "functional model that is wrapped, on frames of another size": program(
        """
def build(hp):
    image = keras.Input((12, 12, 1))
    encoder = keras.Model(image, layers.Dense(5)(layers.Flatten()(layers.Conv2D(2, 3)(image))))
    frames = keras.Input((4, 16, 16, 1))
    x = layers.TimeDistributed(encoder)(frames)
    model = keras.Model(frames, layers.Dense(2)(layers.LSTM(3)(x)))
    model.compile("adam", "mse")
    return model
""",
    ),
    "wrapped model whose layers are weighed and named": program(
        """
def build(hp):
    encoder = keras.Sequential([keras.Input((6, 2)), layers.Conv1D(4, 3), layers.BatchNormalization(), layers.GlobalMaxPooling1D()], name="encoder")
    pieces = keras.Input((3, 6, 2))
    x = layers.TimeDistributed(encoder, name="each")(pieces)
    x = layers.Bidirectional(layers.GRU(4))(x)
    model = keras.Model(pieces, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
""",
    ),
    "nested model on another width": program(
        """
def build(hp):
    a = keras.Input((7,))
    inner = keras.Model(a, layers.Dense(3)(a))
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, inner(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "nested model that fails in training": program(
        """
def build(hp):
    inner = keras.Sequential([keras.Input((8,)), layers.AlphaDropout(1), layers.Dense(3)])
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, inner(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "nested model of open sizes": program(
        """
def build(hp):
    inner = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(4, 3), layers.MaxPooling2D()])
    x = inputs = keras.Input((9, 9, 3))
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(inner(x))))
    model.compile(loss="mse")
    return model
""",
        (9, 9, 3),
    ),
    "siamese network": program(
        """
def build(hp):
    tower = keras.Sequential([keras.Input((16, 16, 1)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(8)])
    a, b = keras.Input((16, 16, 1)), keras.Input((16, 16, 1))
    x = layers.Lambda(lambda both: ops.abs(both[0] - both[1]))([tower(a), tower(b)])
    model = keras.Model([a, b], layers.Dense(1, activation="sigmoid")(x))
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    return model
""",
    ),
    "inputs as a dictionary": program(
        """
def build(hp):
    a, b = keras.Input((4,), name="a"), keras.Input((5,), name="b")
    x = layers.Concatenate()([a, b])
    model = keras.Model({"a": a, "b": b}, {"out": layers.Dense(2, name="out")(x)})
    model.compile(loss={"out": "mse"})
    return model
""",
    ),
    "subclassed model with a list of layers": program(
        """
class Net(keras.Model):
    def __init__(self, depth):
        super().__init__()
        self.blocks = [layers.Dense(6, activation="relu") for _ in range(depth)]
        self.head = layers.Dense(2)
    def call(self, x, training=False):
        for block in self.blocks:
            x = block(x)
        return self.head(x)
def build(hp):
    model = Net(hp.Int("depth", 1, 3))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "subclassed model that only fails in training": program(
        """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.drop = layers.AlphaDropout(1)
        self.head = layers.Dense(2)
    def call(self, x):
        return self.head(self.drop(x))
def build(hp):
    model = Net()
    model.compile(loss="mse")
    return model
""",
        (8,),
        (2,),
    ),
    "subclassed model that is called in the builder": program(
        """
import numpy as np
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv1D(4, 5)
        self.head = layers.Dense(2)
    def call(self, x):
        return self.head(ops.max(self.conv(x), axis=1))
def build(hp):
    model = Net()
    model(np.zeros((1, hp.Choice("length", [4, 6]), 3)))
    model.compile(loss="mse")
    return model
""",
    ),
    "subclassed model with branches that do not meet": program(
        """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = layers.Dense(3), layers.Dense(4)
    def call(self, x):
        return self.a(x) + self.b(x)
def build(hp):
    model = Net()
    model.compile(loss="mse")
    return model
""",
        (8,),
        (3,),
    ),
    "subclassed functional model": program(
        """
class Net(keras.Model):
    def __init__(self, units):
        inputs = keras.Input((8,))
        super().__init__(inputs, layers.Dense(units)(inputs))
def build(hp):
    model = Net(hp.Int("units", 2, 4))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "variational autoencoder with its own losses": program(
        """
class Sampling(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(1)
    def call(self, both):
        mean, spread = both
        self.add_loss(-0.5 * ops.mean(1 + spread - ops.square(mean) - ops.exp(spread)))
        return mean + ops.exp(0.5 * spread) * keras.random.normal(ops.shape(mean), seed=self.seed)
def build(hp):
    latent = hp.Int("latent", 2, 4)
    inputs = keras.Input((8,))
    x = layers.Dense(6, activation="relu")(inputs)
    z = Sampling()([layers.Dense(latent)(x), layers.Dense(latent)(x)])
    model = keras.Model(inputs, layers.Dense(8)(z))
    model.compile(optimizer="adam", loss="mse")
    return model
""",
        (8,),
        (8,),
    ),
    "autoencoder whose halves do not meet": program(
        """
def build(hp):
    x = inputs = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D(2)(layers.Conv2D(8, 3)(x))
    x = layers.Conv2DTranspose(1, 3, strides=2, padding="same")(x)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
        (28, 28, 1),
        (28, 28, 1),
    ),
    "u-net with skips that do not meet": program(
        """
def build(hp):
    x = inputs = keras.Input((18, 18, 1))
    skips = []
    for level in range(hp.Int("levels", 2, 3)):
        x = layers.Conv2D(4, 3, padding="same")(x)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    for skip in reversed(skips):
        x = layers.Concatenate()([layers.UpSampling2D()(x), skip])
    model = keras.Model(inputs, layers.Conv2D(1, 1)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "residual blocks": program(
        """
def block(x, filters):
    y = layers.Conv2D(filters, 3, padding="same")(x)
    y = layers.BatchNormalization()(y)
    y = layers.ReLU()(y)
    if x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1)(x)
    return layers.Add()([x, y])
def build(hp):
    x = inputs = keras.Input((16, 16, 3))
    for index in range(hp.Int("blocks", 2, 3)):
        x = block(x, 4 * (index + 1))
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    model.compile(loss="mse")
    return model
""",
        (16, 16, 3),
    ),
    "cloned functional model with other inputs": program(
        """
def build(hp):
    a = keras.Input((8,))
    model = keras.Model(a, layers.Dense(3)(a))
    model = keras.models.clone_model(model, input_tensors=keras.Input((8,)))
    model.compile(loss="mse")
    return model
""",
    ),
    "model from json": program(
        _SMALL
        + """
def build(hp):
    model = keras.models.model_from_json(small().to_json())
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "model saved and loaded": program(
        _SMALL
        + """
import os, tempfile
def build(hp):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.keras")
        small().save(path)
        model = keras.models.load_model(path)
    model.compile(loss="mse")
    return model
""",
    ),
    "weights saved and loaded into another width": program(
        """
import os, tempfile
def build(hp):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.weights.h5")
        keras.Sequential([keras.Input((8,)), layers.Dense(4)]).save_weights(path)
        model = keras.Sequential([keras.Input((8,)), layers.Dense(5)])
        model.load_weights(path)
    model.compile(loss="mse")
    return model
""",
    ),
    "weights taken from another model": program(
        _SMALL
        + """
def build(hp):
    a, b = small(), small()
    b.set_weights(a.get_weights())
    b.layers[0].trainable = False
    b.compile(loss="mse")
    return b
""",
    ),
    "layers of one model in another": program(
        _SMALL
        + """
def build(hp):
    base = small()
    x = base.layers[0].output
    model = keras.Model(base.inputs, layers.Dense(2)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "last layer popped": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.pop()
    model.add(layers.Dense(hp.Int("units", 2, 4)))
    model.compile(loss="mse")
    return model
""",
        (8,),
    ),
    "predictions in the builder": program(
        _SMALL
        + """
import numpy as np
def build(hp):
    model = small()
    if model.predict(np.ones((2, 8)), verbose=0).shape != (2, 3):
        raise ValueError("wrong shape")
    model.compile(loss="mse")
    return model
""",
    ),
    "inputs in a dictionary": program(
        """
def build(hp):
    inputs = {"wide": keras.Input((4,), name="wide"), "deep": keras.Input((3,), name="deep")}
    x = layers.concatenate([layers.Dense(3)(inputs["wide"]), inputs["deep"]])
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "own model that only data would build": program(
        """
class Own(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x)

def build(hp):
    model = Own(3)
    model.compile(loss="mse")
    return model
""",
    ),
    "model counted and deleted": program(
        _SMALL
        + """
def build(hp):
    model = small()
    if model.count_params() > 10:
        del model
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.summary(print_fn=lambda *a, **k: None)
    model.compile(loss="mse")
    return model
""",
    ),
    "failing model replaced": program(
        """
def build(hp):
    def make(pool):
        model = keras.Sequential([keras.Input((6, 6, 1))])
        for _ in range(3):
            model.add(layers.Conv2D(2, 3, padding="valid" if pool == 2 else "same"))
            model.add(layers.MaxPooling2D(pool))
        model.add(layers.Flatten())
        return model
    try:
        model = make(2)
    except Exception as error:
        assert "Negative" in str(error) or "Computed output size" in str(error), error
        model = make(1)
    model.compile(loss="mse")
    return model
""",
    ),
    "session cleared between two models": program(
        _SMALL
        + """
def build(hp):
    first = small()
    keras.backend.clear_session()
    model = small()
    assert [l.name for l in model.layers] == ["dense", "dense_1"], [l.name for l in model.layers]
    model.compile(loss="mse")
    return model
""",
    ),
    "names that count on": program(
        """
def build(hp):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3), layers.Dense(2)])
    assert model.layers[-1].name == "dense_1", model.layers[-1].name
    model.compile(loss={"dense_1": "mse"}, metrics={"dense_1": ["mae"]})
    return model
""",
        (8,),
        (2,),
    ),
    "loss for an output that does not exist": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    a, b = layers.Dense(3, name="a")(x), layers.Dense(2, name="b")(x)
    model = keras.Model(inputs, [a, b])
    model.compile(loss={"a": "mse", "c": "mse"})
    return model
""",
    ),
    "too few losses": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    model = keras.Model(inputs, [layers.Dense(3)(x), layers.Dense(2)(x)])
    model.compile(loss=["mse", "mse", "mae"])
    return model
""",
    ),
    "metric for an output that does not exist": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    a, b = layers.Dense(3, name="a")(x), layers.Dense(2, name="b")(x)
    model = keras.Model(inputs, [a, b])
    model.compile(loss="mse", metrics={"z": ["mae"]})
    return model
""",
    ),
    "loss weights": program(
        """
def build(hp):
    x = inputs = keras.Input((8,))
    a, b = layers.Dense(3, name="a")(x), layers.Dense(2, name="b")(x)
    model = keras.Model(inputs, [a, b])
    model.compile(loss="mse", loss_weights={"a": 1.0, "b": hp.Float("w", 0.1, 1.0)})
    return model
""",
    ),
    "loss and metrics as objects": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.compile(
        optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4, clipnorm=1.0),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=[keras.metrics.CategoricalAccuracy(), keras.metrics.TopKCategoricalAccuracy(2), keras.metrics.AUC(),
            keras.metrics.Precision(), keras.metrics.F1Score(average="macro")])
    return model
""",
        (8,),
        (3,),
    ),
    "one-hot labels for sparse crossentropy": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
""",
        (8,),
        (3,),
    ),
    "class labels for categorical crossentropy": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
""",
        (8,),
        (),
    ),
    "labels wider than the output": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model
""",
        (8,),
        (5,),
    ),
    "recall on several classes": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=[keras.metrics.Recall()])
    return model
""",
        (8,),
        (),
    ),
    "f1 score of class labels": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=[keras.metrics.F1Score()])
    return model
""",
        (8,),
        (),
    ),
    "metric class of the user's own": program(
        _SMALL
        + """
class Mean(keras.metrics.Metric):
    def __init__(self):
        super().__init__(name="mine")
        self.total = self.add_weight(name="total", initializer="zeros")
    def update_state(self, y, p, sample_weight=None):
        self.total.assign_add(ops.sum(p))
    def result(self):
        return self.total
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=[Mean()])
    return model
""",
        (8,),
        (3,),
    ),
    "metric of the user's own that fails": program(
        _SMALL
        + """
def mine(y, p):
    return ops.mean(ops.matmul(y, p))
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=[mine])
    return model
""",
        (8,),
        (3,),
    ),
    "loss of the user's own, from a function that makes it": program(
        _SMALL
        + """
def focal(gamma):
    def loss(y, p):
        return ops.mean(-y * (1 - p) ** gamma * ops.log(p + 1e-7), axis=-1)
    return loss
def build(hp):
    model = small()
    model.compile(optimizer="adam", loss=focal(hp.Float("gamma", 1.0, 3.0)), metrics=["accuracy"])
    return model
""",
        (8,),
        (3,),
    ),
    "learning rate schedules": program(
        _SMALL
        + """
def build(hp):
    model = small()
    schedules = keras.optimizers.schedules
    rate = schedules.PiecewiseConstantDecay([10, 20], [0.1, 0.01, hp.Float("last", 1e-4, 1e-3, sampling="log")])
    model.compile(optimizer=keras.optimizers.SGD(rate, momentum=0.9, nesterov=True), loss="categorical_crossentropy")
    return model
""",
        (8,),
        (3,),
    ),
    "learning rate schedule with wrong boundaries": program(
        _SMALL
        + """
def build(hp):
    model = small()
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([10, 20], [0.1, 0.01])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="categorical_crossentropy")
    return model
""",
    ),
    "schedule of the user's own": program(
        _SMALL
        + """
class Warm(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 / (ops.cast(step, "float32") + 1.0)
def build(hp):
    model = small()
    model.compile(optimizer=keras.optimizers.Adam(Warm()), loss="categorical_crossentropy")
    return model
""",
        (8,),
        (3,),
    ),
    "schedule of the user's own that fails": program(
        _SMALL
        + """
class Warm(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return self.missing / step
def build(hp):
    model = small()
    model.compile(optimizer=keras.optimizers.Adam(Warm()), loss="categorical_crossentropy")
    return model
""",
        (8,),
        (3,),
    ),
    "optimizer shared by two models": program(
        _SMALL
        + """
optimizer = keras.optimizers.Adam()
def build(hp):
    model = small()
    model.compile(optimizer=optimizer, loss="categorical_crossentropy")
    return model
""",
    ),
    "custom training step with its own gradient": program(
        """
import tensorflow as tf
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=p)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}
def build(hp):
    inputs = keras.Input((8,))
    model = Net(inputs, layers.Dense(hp.Int("units", 2, 3))(inputs))
    model.compile(optimizer="adam", loss="mse")
    return model
""",
        (8,),
        (2,),
    ),
    "custom training step that fails": program(
        """
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": ops.mean(ops.matmul(x, y))}
def build(hp):
    inputs = keras.Input((8,))
    model = Net(inputs, layers.Dense(2)(inputs))
    model.compile(optimizer="adam", loss="mse")
    return model
""",
        (8,),
        (2,),
    ),
    "custom loss computation": program(
        """
class Net(keras.Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(ops.square(y_pred - y)) + 0.1 * ops.mean(ops.abs(y_pred))
def build(hp):
    inputs = keras.Input((8,))
    model = Net(inputs, layers.Dense(2)(inputs))
    model.compile(optimizer="adam", loss="mse")
    return model
""",
        (8,),
        (2,),
    ),
    "compiled by keyword and twice": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.compile(optimizer="sgd", loss="mse")
    model.compile(optimizer=keras.optimizers.get({"class_name": "adam", "config": {"learning_rate": 0.1}}), loss="mse",
        run_eagerly=False, steps_per_execution=2, jit_compile=False)
    return model
""",
    ),
    "not compiled": program(
        _SMALL
        + """
def build(hp):
    return small()
""",
    ),
    "frozen model": program(
        _SMALL
        + """
def build(hp):
    model = small()
    model.trainable = False
    model.compile(optimizer="adam", loss="mse")
    return model
""",
        (8,),
        (3,),
    ),
    "mixed precision with a loss scale": program(
        """
def build(hp):
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    x = inputs = keras.Input((8, 8, 3))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3)(x))
    x = layers.MultiHeadAttention(1, 2)(ops.reshape(x, (-1, 36, 4)), ops.reshape(x, (-1, 36, 4)))
    x = layers.Dense(2, dtype="float32")(layers.Flatten()(x))
    model = keras.Model(inputs, x)
    model.compile(optimizer=keras.optimizers.Adam(), loss="mse")
    return model
""",
        (8, 8, 3),
    ),
    "double precision everywhere": program(
        _SMALL
        + """
def build(hp):
    keras.config.set_floatx("float64")
    model = small()
    model.compile(optimizer="adam", loss="mse")
    return model
""",
    ),
    "channels first everywhere": program(
        """
def build(hp):
    keras.config.set_image_data_format("channels_first")
    try:
        model = keras.Sequential([keras.Input((3, 12, 12)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)])
    finally:
        keras.config.set_image_data_format("channels_last")
    model.compile(loss="mse")
    return model
""",
        (3, 12, 12),
    ),
    **{
        f"{name} on {size} × {size}": program(
            f"""
def build(hp):
    base = keras.applications.{name}(include_top=False, weights=None, input_shape=({size}, {size}, 3), pooling="avg")
    model = keras.Sequential([base, layers.Dense(2)])
    model.compile(loss="mse")
    return model
"""
        )
        for name, size in [
            ("MobileNet", 32),
            ("MobileNetV2", 31),
            ("MobileNetV3Small", 32),
            ("VGG16", 32),
            ("VGG16", 16),
            ("InceptionV3", 74),
            ("InceptionV3", 75),
            ("Xception", 70),
            ("ResNet50", 32),
            ("ResNet50", 31),
            ("EfficientNetB0", 8),
            ("DenseNet121", 20),
        ]
    },
    "network with its classes": program(
        """
def build(hp):
    model = keras.applications.MobileNetV2(weights=None, classes=5, input_shape=(96, 96, 3), alpha=0.35)
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    return model
""",
    ),
    "layers taken out of a network by name": program(
        """
def build(hp):
    base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
    x = base.get_layer(hp.Choice("cut", ["block_3_expand_relu", "block_6_expand_relu"])).output
    model = keras.Model(base.input, layers.Dense(2)(layers.Flatten()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "layer that a network does not have": program(
        """
def build(hp):
    base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
    x = base.get_layer("block_99").output
    model = keras.Model(base.input, layers.Flatten()(x))
    model.compile(loss="mse")
    return model
""",
    ),
    "resnet of a tuner": program(
        """
import keras_tuner
hypermodel = keras_tuner.applications.HyperResNet(input_shape=(32, 32, 3), classes=3)
def build(hp):
    return hypermodel.build(hp)
""",
    ),
    "augmentation of a tuner": program(
        """
import keras_tuner
hypermodel = keras_tuner.applications.HyperImageAugment(input_shape=(32, 32, 3))
def build(hp):
    augment = hypermodel.build(hp)
    x = inputs = keras.Input((32, 32, 3))
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(augment(x))))
    model.compile(loss="mse")
    return model
""",
    ),
    "model of its own class that is told its shape, and fails in its first step": program(
        """
class Net(keras.Model):
    def __init__(self, kernel):
        super().__init__()
        self.one, self.two = layers.Conv2D(4, kernel), layers.Conv2D(4, 5)
        self.head = layers.Dense(3)
    def call(self, x):
        return self.head(layers.Flatten()(self.two(self.one(x))))
def build(hp):
    model = Net(hp.Choice("kernel", [7, 3, 5]))
    model.build((None, 10, 10, 1))
    model.compile("adam", "mse")
    return model
""",
    ),
    "model of its own class that is told its shape, and takes whole numbers": program(
        """
class Net(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.classes, self.head = classes, layers.Dense(3)
    def call(self, x):
        return self.head(ops.one_hot(x, self.classes))
def build(hp):
    model = Net(hp.Int("classes", 3, 5))
    model.build((None, 10))
    model.compile("adam", "mse")
    return model
""",
    ),
    "model of its own class that is told two shapes, which do not fit": program(
        """
class Net(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.one, self.other = layers.Dense(units), layers.Dense(4)
    def call(self, inputs):
        x, y = inputs
        return self.one(x) + self.other(y)
def build(hp):
    model = Net(hp.Int("units", 3, 5))
    model.build([(None, 7), (None, 2)])
    model.compile("adam", "mse")
    return model
""",
    ),
    "own layer that takes another layer's output twice": program(
        """
class Gate(layers.Layer):
    def build(self, shape):
        self.inner = layers.Dense(shape[-1], activation="sigmoid")
        self.inner.build(shape)
    def call(self, x):
        return x * self.inner(x)
def build(hp):
    x = inputs = keras.Input((6,))
    gate = Gate()
    x = gate(gate(x))
    x = layers.Dense(hp.Int("units", 2, 4))(x)
    model = keras.Model(inputs, Gate()(x) + 1.0)
    model.compile(loss="mse")
    return model
""",
    ),
    "own layer with a counter of its class": program(
        """
class Growing(layers.Layer):
    made = 0
    def __init__(self):
        super().__init__()
        Growing.made = (Growing.made + 1) % 2
        self.dense = layers.Dense(3 + Growing.made)
    def call(self, x):
        return self.dense(x)
def build(hp):
    x = inputs = keras.Input((hp.Int("width", 2, 4),))
    x = layers.Add()([Growing()(x), Growing()(x)])
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "operations of every kind on symbolic tensors": program(
        """
def build(hp):
    inputs = keras.Input((12, 6))
    x = inputs[:, 1:-1, ::2] * 2 - inputs[:, 1:-1, 1::2] / 3
    x = ops.concatenate([x, -x, abs(x) ** 2], axis=-1)
    one, other = ops.split(x, 2, axis=1)
    x = ops.stack([one, other], axis=1)
    x = ops.max(ops.transpose(x, (0, 2, 1, 3)), axis=2)
    x = ops.where(x > 0, x, ops.zeros_like(x))
    x = ops.einsum("bij,bkj->bik", x, x) @ x
    values, where = ops.top_k(ops.mean(x, axis=1), hp.Int("k", 2, 6))
    x = layers.Dense(2)(ops.squeeze(values[:, None], axis=1))
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "an operation between sizes that do not fit": program(
        """
def build(hp):
    inputs = keras.Input((12,))
    x = layers.Dense(hp.Int("units", 3, 6))(inputs) + layers.Dense(4)(inputs)
    model = keras.Model(inputs, x)
    model.compile(loss="mse")
    return model
""",
    ),
    "augmentation in a Sequential without an input": program(
        """
def build(hp):
    augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])
    inputs = keras.Input((hp.Choice("size", [16, 3]), 16, 3))
    x = layers.Conv2D(4, 5)(augment(inputs))
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    model.compile(loss="mse")
    return model
""",
    ),
    "a model called on another shape than its own": program(
        """
def build(hp):
    a = keras.Input((None, 4))
    inner = keras.Model(a, layers.Conv1D(3, 2)(a))
    inputs = keras.Input((hp.Int("length", 1, 4), 4))
    model = keras.Model(inputs, layers.GlobalMaxPooling1D()(inner(inputs)))
    model.compile(loss="mse")
    return model
""",
    ),
    "functions of its own in a Lambda, as activation and as loss": program(
        """
SCALE = 0.5
def squash(x):
    return ops.tanh(x) * SCALE
def half(y, p):
    return ops.mean(ops.square(y - p), axis=-1) / 2
def build(hp):
    x = inputs = keras.Input((8,))
    x = layers.Dense(hp.Int("units", 4, 6), activation=squash)(x)
    x = layers.Lambda(lambda t: t[:, :5])(x)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile("adam", half)
    return model
""",
    ),
}
