import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((24, 16, 16, 1), dtype="float32")
y = np.arange(24) % 4


def build_model(hp):
    model = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(hp.Choice("filters", [4, 8]), hp.Int("kernel", 3, 7, step=2), activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
