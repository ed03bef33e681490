import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((30, 7), dtype="float32")
y = np.random.default_rng(2).random((30, 2))


def build_model(hp):
    inputs = keras.Input(shape=(7,))
    h = layers.Dense(hp.Int("units", 8, 24, step=8), activation="relu")(inputs)
    if hp.Boolean("norm"):
        h = layers.BatchNormalization()(h)
    outputs = layers.Dense(2)(h)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice("rate", [1e-2, 1e-3])), loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
