import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops



def build_model(hp):
    units = hp.Int("units", 2, 8, step=2)
    if units == 6:
        raise kt.errors.FailedTrialError("not of interest")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units), layers.Dense(1)])
    model.compile("adam", loss="mse")
    return model


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=4, directory="out", project_name="p", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
