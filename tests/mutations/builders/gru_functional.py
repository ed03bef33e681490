import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((24, 12, 2), dtype="float32")
y = np.random.default_rng(2).random(24)


def build_model(hp):
    inputs = keras.Input((12, 2))
    h = layers.Conv1D(4, hp.Int("kernel", 3, 5), activation="relu")(inputs)
    h = layers.MaxPooling1D(2)(h)
    h = layers.GRU(hp.Int("units", 4, 8, step=4))(h)
    outputs = layers.Dense(1)(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="mae")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
