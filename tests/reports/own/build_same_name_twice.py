"""Each block is given the same name."""
import numpy as np
import keras
import keras_tuner as kt


def block(x, units):
    return keras.layers.Dense(units, activation="relu", name="hidden")(x)


def build(hp):
    inputs = keras.Input((4,))
    x = inputs
    for i in range(hp.Int("depth", 1, 3)):
        x = block(x, hp.Int(f"u{i}", 4, 8, 4))
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


x, y = np.random.rand(16, 4), np.random.rand(16, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=6, seed=1, directory="s", overwrite=True)
tuner.search(x, y, validation_split=0.25, verbose=0)
