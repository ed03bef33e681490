import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((12, 10, 10, 6), dtype="float32")
y = np.random.default_rng(2).random(12)


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((10, 10, 6)))
    model.add(layers.Conv2D(hp.Int("filters", 6, 12, step=6), 3, groups=hp.Choice("groups", [1, 2, 3])))
    model.add(layers.Conv2D(4, 3))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mae")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
