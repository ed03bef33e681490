"""A callback, not a list of callbacks."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2)
x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="cb", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=2, callbacks=stop, verbose=0)
