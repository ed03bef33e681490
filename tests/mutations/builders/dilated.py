import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 20, 1), dtype="float32")
y = np.random.default_rng(2).random(16)


def build_model(hp):
    inputs = keras.Input((20, 1))
    h = inputs
    for rate in [1, 2]:
        h = layers.Conv1D(4, hp.Int("kernel", 2, 4), dilation_rate=rate)(h)
    h = layers.Cropping1D(hp.Int("crop", 1, 2))(h)
    h = layers.Flatten()(h)
    outputs = layers.Dense(1)(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
