"""Normalization in the model, never adapted."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((5,))])
    m.add(keras.layers.Normalization())
    m.add(keras.layers.Dense(hp.Int("n", 4, 8, 4), activation="relu"))
    m.add(keras.layers.Dense(1))
    m.compile("adam", "mse")
    return m


x, y = 100 + 30 * np.random.rand(16, 5), np.random.rand(16, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="nn", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
