import numpy as np
import keras
import keras_tuner as kt
from keras.layers import Conv1D, Dense, Flatten, Input, Reshape

x = np.random.rand(32, 20)
y = np.random.rand(32, 1)


def build(hp):
    model = keras.Sequential()
    model.add(Input((20,)))
    model.add(Dense(hp.Int("units", 32, 128, step=32), activation="relu"))
    model.add(Reshape((16, hp.Choice("channels", [2, 4, 8]))))
    model.add(Conv1D(hp.Int("filters", 8, 16, step=8), 3, activation="relu"))
    model.add(Flatten())
    model.add(Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    return model


tuner = kt.RandomSearch(build, "val_mae", max_trials=10, seed=1, directory="reshape", overwrite=True, max_consecutive_failed_trials=20)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
