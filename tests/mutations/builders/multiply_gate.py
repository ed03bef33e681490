import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((24, 10), dtype="float32")
y = np.random.default_rng(2).random(24)


def build_model(hp):
    inputs = keras.Input((10,))
    wide = layers.Dense(hp.Choice("units", [4, 8]))(inputs)
    gate = layers.Dense(1, activation="sigmoid")(inputs)
    h = layers.Multiply()([wide, gate])
    h = layers.Dropout(hp.Float("rate", 0.0, 0.4, step=0.2))(h)
    outputs = layers.Dense(1)(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="huber")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
