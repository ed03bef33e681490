"""A Normalization that is adapted before the search."""
import numpy as np
import keras
import keras_tuner as kt

x, y = 100 + 20 * np.random.rand(24, 4), np.random.rand(24, 1)
scale = keras.layers.Normalization()
scale.adapt(x)


def build(hp):
    m = keras.Sequential([keras.Input((4,)), scale, keras.layers.Dense(hp.Int("n", 4, 12, 4), "relu"), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="an", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
