"""Hyperband on a continuous space, no epochs given."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 128, 4)), keras.layers.Dense(1)])
    m.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-1, sampling="log")), "mse")
    return m


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = kt.Hyperband(build, objective="val_loss", max_epochs=3, factor=3, directory="hw", overwrite=True)
tuner.search(x, y, validation_split=0.2, verbose=0)
