import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((24, 12), dtype="float32")
y = np.arange(24) % 3


def build_model(hp):
    inputs = keras.Input((12,))
    h = layers.Dense(36, activation="relu")(inputs)
    h = layers.Reshape((6, 6, 1))(h)
    h = layers.Conv2D(4, hp.Int("kernel", 2, 4))(h)
    h = layers.MaxPooling2D(hp.Choice("pool", [2, 3]))(h)
    h = layers.Flatten()(h)
    outputs = layers.Dense(3, activation="softmax")(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
