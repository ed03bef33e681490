"""The pair of inputs and labels is given as one argument."""
import keras
import keras_tuner as kt
import numpy as np

data = (np.random.rand(40, 4), np.random.rand(40, 1))

def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 4, 12, 4)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model

tuner = kt.RandomSearch(build, "val_loss", max_trials=3, overwrite=True)
tuner.search(data, validation_data=data, epochs=1)
