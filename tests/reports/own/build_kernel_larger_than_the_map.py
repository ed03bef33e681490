import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops



def build_model(hp):
    model = keras.Sequential([keras.Input((6, 1)), layers.Conv1D(2, hp.Int("kernel", 3, 9, step=2)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", loss="mse")
    return model


x, y = np.random.rand(24, 6, 1), np.random.rand(24, 1)
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=4, directory="out", project_name="p", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
