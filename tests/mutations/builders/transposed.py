import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((8, 6, 6, 2), dtype="float32")
y = np.random.default_rng(2).random((8, 12, 12, 1))


def build_model(hp):
    inputs = keras.Input((6, 6, 2))
    h = layers.Conv2D(4, hp.Choice("kernel", [1, 3]), padding="same")(inputs)
    h = layers.Conv2DTranspose(4, hp.Int("up", 2, 3), strides=2, padding="same")(h)
    outputs = layers.Conv2D(1, 3, padding="same")(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
