import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 9, 2))
y = np.random.default_rng(2).random((16, 9, 2))


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((9, 2)))
    model.add(layers.Bidirectional(layers.LSTM(hp.Choice("units", [3, 5]), return_sequences=True)))
    if hp.Boolean("second"):
        model.add(layers.GRU(4, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(2)))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
