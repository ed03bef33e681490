import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 14, 14, 1), dtype="float32")
y = keras.utils.to_categorical(np.arange(16) % 3, 3)


def stem(h, filters, kernel):
    h = layers.Conv2D(filters, kernel, activation="relu")(h)
    return layers.MaxPooling2D(2)(h)


def head(h, classes=3):
    h = layers.Flatten()(h)
    return layers.Dense(classes, activation="softmax")(h)


def build_model(hp):
    inputs = keras.Input((14, 14, 1))
    h = stem(inputs, hp.Choice("filters", [4, 8]), hp.Int("kernel", 3, 5))
    model = keras.Model(inputs, head(h))
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
