import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 13, 13, 2), dtype="float32")
y = np.random.default_rng(2).random(16)


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((13, 13, 2)))
    model.add(layers.Conv2D(4, hp.Choice("kernel", [3, 5, 7])))
    if hp.Choice("pooling", ["max", "avg"]) == "max":
        model.add(layers.MaxPooling2D(hp.Int("pool", 2, 3)))
    else:
        model.add(layers.AveragePooling2D(2, strides=1))
    model.add(layers.Conv2D(4, 3))
    model.add(layers.GlobalMaxPooling2D())
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
