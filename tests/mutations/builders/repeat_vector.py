import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 7, 2))
y = np.random.default_rng(2).random((16, 5, 1))


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((7, 2)))
    model.add(layers.LSTM(hp.Choice("encoder", [3, 6])))
    model.add(layers.RepeatVector(5))
    model.add(layers.LSTM(hp.Choice("decoder", [3, 6]), return_sequences=True))
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
