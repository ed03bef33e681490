import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((8, 8, 8, 8, 1), dtype="float32")
y = np.random.default_rng(2).random(8)


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((8, 8, 8, 1)))
    model.add(layers.Conv3D(2, hp.Choice("kernel", [2, 3])))
    model.add(layers.MaxPooling3D(hp.Int("pool", 2, 3)))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
