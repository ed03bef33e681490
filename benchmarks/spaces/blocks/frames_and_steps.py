import keras
from keras import layers, ops


def build(hp):
    # slices, strides and a reshape of what is left of a signal, written with operations
    inputs = keras.Input((90, 4))
    x = inputs
    for i in range(4):
        x = x[:, hp.Int(f"skip_{i}", 0, 4, step=2) :, :]
        x = layers.Conv1D(hp.Choice(f"filters_{i}", [8, 16]), hp.Choice(f"kernel_{i}", [3, 5, 7]), strides=hp.Choice(f"stride_{i}", [1, 2]))(x)
        x = ops.relu(x) * 0.5
    steps, width = x.shape[1], x.shape[2]
    heads = hp.Choice("heads", [2, 3, 4])
    x = ops.reshape(x, (-1, steps, heads, width // heads))
    x = ops.mean(x, axis=(1, 3))
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
