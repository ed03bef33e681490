import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((8, 16, 16, 1), dtype="float32")
y = x


def build_model(hp):
    inputs = keras.Input((16, 16, 1))
    skips = []
    h = inputs
    depth = hp.Int("depth", 1, 3)
    for i in range(depth):
        h = layers.Conv2D(4, 3, padding="same")(h)
        skips.append(h)
        h = layers.MaxPooling2D(2)(h)
    for i in range(depth):
        h = layers.UpSampling2D(2)(h)
        h = layers.Concatenate()([h, skips.pop()])
        h = layers.Conv2D(4, hp.Choice("kernel", [1, 3]), padding="same")(h)
    outputs = layers.Conv2D(1, 1)(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
