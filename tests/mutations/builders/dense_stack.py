import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((40, 12), dtype="float32")
y = np.arange(40) % 3


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Input(shape=(12,)))
    for i in range(hp.Int("depth", 1, 3)):
        model.add(layers.Dense(8, activation=hp.Choice("act", ["relu", "tanh"])))
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
