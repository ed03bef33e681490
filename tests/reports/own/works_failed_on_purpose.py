"""Models that are too large are given up on purpose."""
import numpy as np
import keras
import keras_tuner as kt
from keras_tuner.errors import FailedTrialError


def build(hp):
    m = keras.Sequential([keras.Input((10,)), keras.layers.Dense(hp.Int("n", 4, 32, 4)), keras.layers.Dense(1)])
    if m.count_params() > 300:
        raise FailedTrialError("too large")
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(20, 10), np.random.rand(20, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, seed=2, max_consecutive_failed_trials=9, directory="fp", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, verbose=0)
