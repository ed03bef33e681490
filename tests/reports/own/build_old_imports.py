"""Imports of Keras 2: layers.experimental, np_utils."""
import kerastuner as kt
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


def build(hp):
    model = keras.Sequential()
    model.add(layers.experimental.preprocessing.Rescaling(1.0 / 255, input_shape=(8, 8, 1)))
    model.add(layers.Flatten())
    model.add(layers.Dense(hp.Int("units", 4, 8, 4)))
    model.add(layers.Dense(2, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


x, y = np.random.rand(12, 8, 8, 1) * 255, np.random.randint(0, 2, 12)
tuner = kt.RandomSearch(build, objective="val_accuracy", max_trials=2, directory="o", overwrite=True)
tuner.search(x, y, validation_split=0.25, verbose=0)
