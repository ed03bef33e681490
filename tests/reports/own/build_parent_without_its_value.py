"""parent_name and parent_values, with the value used by both kinds."""
import keras
import keras_tuner as kt
import numpy as np


def build(hp):
    kind = hp.Choice("kind", ["small", "large"])
    units = hp.Int("units", 8, 16, step=8, parent_name="kind", parent_values=["large"])
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(units * 2, activation="relu"), keras.layers.Dense(1)])
    model.compile("adam" if kind == "large" else "sgd", "mae")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, directory="parents", overwrite=True)
tuner.search(np.random.rand(20, 5), np.random.rand(20), epochs=1, validation_split=0.2, verbose=0)
