"""The second search of a grid, meant to go on with another thirty trials."""
import keras
import keras_tuner as kt
import numpy as np

x, y = np.random.rand(24, 4), np.random.rand(24, 1)


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 40), "relu"), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


tuner = kt.GridSearch(build, "val_loss", max_trials=3, directory="grid", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
more = kt.GridSearch(build, "val_loss", max_trials=6, directory="grid")
more.search(x, y, epochs=1, validation_split=0.25, verbose=0)
