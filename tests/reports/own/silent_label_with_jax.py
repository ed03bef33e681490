"""Labels that a model has no number for, with JAX: nothing fails, and nothing is learned of them."""

import os
os.environ["KERAS_BACKEND"] = "jax"
import numpy as np
import keras
import keras_tuner as kt
from keras import layers

rng = np.random.default_rng(0)
x = rng.normal(size=(96, 12)).astype("float32")
y = rng.integers(0, 6, size=(96,))


def build(hp):
    model = keras.Sequential([keras.Input((12,)), layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu"), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build, objective="val_loss", max_trials=2, directory="out", project_name="p", overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.25, verbose=0)
