import keras
import keras_tuner as kt
import numpy as np


def create(hp):
    units = hp.Int("units", 8, 32, step=8)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="adam")
    return model, f"dense-{units}"


tuner = kt.tuners.RandomSearch(create, objective="val_loss", max_trials=3, directory="named", overwrite=True)
tuner.search(np.random.rand(30, 4), np.random.rand(30), epochs=1, validation_split=0.3)
