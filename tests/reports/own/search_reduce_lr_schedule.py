"""A schedule in the optimizer and ReduceLROnPlateau beside it."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    schedule = keras.optimizers.schedules.ExponentialDecay(hp.Choice("rate", [0.1, 0.01]), 10, 0.9)
    m.compile(keras.optimizers.Adam(schedule), "mse")
    return m


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=4, directory="rl", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=3, callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=0, min_delta=10.0)], verbose=0)
