"""Endless generators for training and validation, with the steps of both."""
import keras
import keras_tuner as kt
import numpy as np


def batches(seed, size=8):
    random = np.random.default_rng(seed)
    while True:
        x = random.random((size, 6), dtype="float32")
        yield x, x.sum(axis=1, keepdims=True)


class Summing(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(hp.Int("units", 4, 12, step=4), activation="relu"), keras.layers.Dense(1)])
        model.compile(keras.optimizers.RMSprop(hp.Choice("rate", [1e-2, 1e-3])), "huber", metrics=["mae"])
        return model


tuner = kt.Hyperband(Summing(), "val_mae", max_epochs=2, directory="sums", overwrite=True)
tuner.search(batches(0), steps_per_epoch=3, validation_data=batches(1), validation_steps=2, verbose=0)
