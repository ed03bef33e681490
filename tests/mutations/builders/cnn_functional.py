import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 18, 18, 1), dtype="float32")
y = np.random.default_rng(2).random(16)


def build_model(hp):
    inputs = keras.Input((18, 18, 1))
    h = layers.Conv2D(hp.Int("filters", 4, 8, step=4), 3, padding="same", activation="relu")(inputs)
    h = layers.MaxPooling2D(hp.Choice("pool", [2, 3]))(h)
    h = layers.Conv2D(8, hp.Choice("kernel", [3, 5]))(h)
    h = layers.Flatten()(h)
    outputs = layers.Dense(1)(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
