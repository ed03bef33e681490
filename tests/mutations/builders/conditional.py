import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 16, 16, 1), dtype="float32")
y = np.arange(16) % 3


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((16, 16, 1)))
    kind = hp.Choice("kind", ["conv", "dense"])
    if kind == "conv":
        with hp.conditional_scope("kind", ["conv"]):
            for i in range(hp.Int("layers", 1, 2)):
                model.add(layers.Conv2D(4, hp.Choice("kernel", [3, 7])))
    model.add(layers.Flatten())
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
