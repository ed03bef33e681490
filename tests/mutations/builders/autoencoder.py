import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((12, 16, 16, 1), dtype="float32")
y = x


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((16, 16, 1)))
    model.add(layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(hp.Int("code", 4, 8, step=4)))
    model.add(layers.Dense(8 * 8 * 4, activation="relu"))
    model.add(layers.Reshape((8, 8, 4)))
    model.add(layers.Conv2DTranspose(4, 3, strides=2, padding="same"))
    model.add(layers.Conv2D(1, hp.Choice("kernel", [3, 5]), padding="same"))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
