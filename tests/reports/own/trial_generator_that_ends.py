import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops

def batches():
    for start in range(0, 24, 8):
        yield x[start : start + 8], y[start : start + 8]

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2), activation="relu"), layers.Dense(1)])
    model.compile("adam", loss="mse", metrics=["mae"])
    return model


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = kt.RandomSearch(build_model, "loss", max_trials=3, directory="out", project_name="p", overwrite=True)
tuner.search(batches(), epochs=1, verbose=0)
