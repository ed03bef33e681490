import keras
import keras_tuner as kt
import numpy as np
from keras import layers

a = np.random.default_rng(1).random((20, 8))
b = np.random.default_rng(2).random((20, 6, 2))
x = [a, b]
y = np.arange(20) % 3


def build_model(hp):
    table = keras.Input((8,))
    series = keras.Input((6, 2))
    left = layers.Dense(hp.Int("units", 4, 8, step=4), activation="relu")(table)
    right = layers.Conv1D(4, hp.Int("kernel", 2, 4))(series)
    right = layers.GlobalAveragePooling1D()(right)
    both = layers.Concatenate()([left, right])
    outputs = layers.Dense(3, activation="softmax")(both)
    model = keras.Model([table, series], outputs)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
