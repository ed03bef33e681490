import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((20, 24, 3), dtype="float32")
y = np.arange(20) % 4


def build_model(hp):
    model = keras.Sequential(
        [
            keras.Input(shape=(24, 3)),
            layers.Conv1D(8, hp.Int("first", 3, 7, step=2), strides=2, activation="relu"),
            layers.Conv1D(8, hp.Choice("second", [3, 5]), activation="relu"),
            layers.MaxPooling1D(2),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
