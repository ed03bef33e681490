import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((20, 16, 2), dtype="float32")
y = np.random.default_rng(2).random(20)


def build_model(hp):
    inputs = keras.Input((16, 2))
    left = layers.Conv1D(4, hp.Choice("left", [3, 5]), padding="same")(inputs)
    right = layers.Conv1D(4, hp.Choice("right", [3, 5]), padding="same")(inputs)
    both = layers.Concatenate()([left, right])
    h = layers.GlobalMaxPooling1D()(both)
    outputs = layers.Dense(1)(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
