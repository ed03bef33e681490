import keras
import keras_tuner as kt
import numpy as np


def coarse(hp):
    return make(hp.Int("units", 8, 64, step=8), hp.Choice("lr", [1e-2, 1e-3, 1e-4]))


def fine(hp):
    return make(hp.Int("units", 8, 64, step=8), hp.Float("rate", 1e-4, 1e-2, sampling="log"))


def make(units, rate):
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(units, activation="relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(rate), loss="mse")
    return model


x, y = np.random.rand(64, 10), np.random.rand(64, 1)
first = kt.RandomSearch(coarse, "val_loss", max_trials=2, directory="out", project_name="coarse", overwrite=True)
first.search(x, y, epochs=1, validation_split=0.25, verbose=0)
best_hps = first.get_best_hyperparameters(num_trials=1)
second = kt.RandomSearch(fine, "val_loss", max_trials=2, hyperparameters=best_hps, directory="out", project_name="fine", overwrite=True)
second.search(x, y, epochs=1, validation_split=0.25, verbose=0)
