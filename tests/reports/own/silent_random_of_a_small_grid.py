"""As many random trials as the space has points: some are left out."""
import keras
import keras_tuner as kt
import numpy as np


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 6), hp.Choice("activation", ["relu", "tanh", "elu", "gelu"])), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=24, seed=7, overwrite=True)
tuner.search(np.random.rand(12, 4), np.random.rand(12, 1), epochs=1, validation_split=0.25, verbose=0)
