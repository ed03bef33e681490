"""Hyperband has no max_trials."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


class Run:
    def __init__(self):
        self.tuner = kt.Hyperband(build, objective="val_loss", max_trials=5, directory="hb", overwrite=True)

    def go(self, x, y):
        self.tuner.search(x, y, validation_split=0.2, verbose=0)


Run().go(np.random.rand(20, 4), np.random.rand(20, 1))
