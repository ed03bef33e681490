import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((24, 6), dtype="float32")
y = keras.utils.to_categorical(np.arange(24) % 3, 3)


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Input((6,)))
    model.add(layers.Dense(hp.Int("units", 4, 12, step=4), activation="relu"))
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.SGD(hp.Choice("rate", [0.1, 0.01])),
        loss=keras.losses.CategoricalCrossentropy(),
    )
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
