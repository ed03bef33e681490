import keras
from keras import layers


def convolved(x, filters, kernel, groups):
    try:
        return layers.Conv1D(filters, kernel, groups=groups, activation="relu")(x)
    except ValueError:
        return layers.Dense(filters, activation="relu")(x)


def build(hp):
    x = inputs = keras.Input((16, 4))
    for i in range(hp.Int("depth", 1, 3)):
        x = convolved(x, hp.Int(f"filters_{i}", 4, 24, step=4), hp.Choice("kernel", [3, 7, 9]), hp.Choice("groups", [1, 3, 4]))
        x = layers.MaxPooling1D(hp.Choice("pool", [1, 2, 3]))(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    model.compile(loss="mse", optimizer=keras.optimizers.RMSprop(hp.Choice("lr", [1e-2, 1e-3])))
    return model
