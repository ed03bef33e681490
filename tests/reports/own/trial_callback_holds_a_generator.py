import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops

class Names(keras.callbacks.Callback):
    def __init__(self, names):
        super().__init__()
        self.names = (each for each in names)

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2), activation="relu"), layers.Dense(1)])
    model.compile("adam", loss="mse", metrics=["mae"])
    return model


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory="out", project_name="p", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0, callbacks=[Names("ab")])
