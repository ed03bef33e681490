import keras
from keras import layers, ops


def merged(x, y):
    try:
        return ops.concatenate([x, y], axis=-1)
    except ValueError:
        n = min(x.shape[1], y.shape[1])
        return ops.concatenate([x[:, :n], y[:, :n]], axis=-1)


def windows(x, size):
    try:
        return ops.reshape(x, (-1, x.shape[1] // size, size * x.shape[2]))
    except ValueError:
        return x


def build(hp):
    inputs = keras.Input((hp.Int("length", 16, 40, step=8), 4))
    x = layers.Conv1D(hp.Int("filters", 4, 16, step=4), hp.Choice("kernel", [1, 3, 5]))(inputs)
    y = layers.Conv1D(hp.Int("others", 4, 16, step=4), hp.Choice("kernel_2", [1, 3]))(inputs)
    z = merged(x, y)
    z = windows(z, hp.Choice("window", [1, 2, 3]))
    z = ops.max(z, axis=1)
    model = keras.Model(inputs, layers.Dense(1)(z))
    model.compile("adam", "mse")
    return model
