"""Everything in dictionaries that are handed on with two stars."""
import keras
import keras_tuner as kt
import numpy as np

COMPILE = {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]}
TUNER = dict(objective="val_mae", max_trials=2, overwrite=True, directory="settings")
FIT = {"epochs": 1, "verbose": 0, "validation_split": 0.25}


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(**{"units": hp.Int("units", 4, 12, step=4), "activation": "relu"}), keras.layers.Dense(1)])
    model.compile(**COMPILE)
    return model


tuner = kt.RandomSearch(build, **TUNER)
tuner.search(np.random.rand(32, 4), np.random.rand(32, 1), **FIT)
more = kt.GridSearch(build, **{**TUNER, "project_name": "grid"})
more.search(np.random.rand(32, 4), np.random.rand(32, 1), **FIT)
