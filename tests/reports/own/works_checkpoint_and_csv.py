"""Callbacks that write: CSV, checkpoints of weights, TensorBoard."""
import os

import numpy as np
import keras
import keras_tuner as kt

os.makedirs("logs", exist_ok=True)


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
callbacks = [
    keras.callbacks.CSVLogger("logs/run.csv", append=True),
    keras.callbacks.ModelCheckpoint("logs/best.weights.h5", save_best_only=True, save_weights_only=True),
    keras.callbacks.TensorBoard("logs/tb"),
    keras.callbacks.TerminateOnNaN(),
]
tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="cc", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, callbacks=callbacks, verbose=0)
