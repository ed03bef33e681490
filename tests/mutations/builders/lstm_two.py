import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((24, 10, 3), dtype="float32")
y = keras.utils.to_categorical(np.arange(24) % 4, 4)


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Input((10, 3)))
    model.add(layers.LSTM(hp.Choice("units", [4, 8]), return_sequences=True))
    if hp.Boolean("deep"):
        model.add(layers.LSTM(4, return_sequences=True))
    model.add(layers.LSTM(4))
    model.add(layers.Dense(4, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
