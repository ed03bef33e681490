import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((30, 9), dtype="float32")
y = np.arange(30) % 3


class Rows(kt.HyperModel):
    def __init__(self, classes):
        self.classes = classes

    def build(self, hp):
        model = keras.Sequential()
        model.add(layers.Input((9,)))
        model.add(layers.Dense(hp.Int("units", 4, 12, step=4), activation="relu"))
        model.add(layers.Dropout(hp.Choice("rate", [0.1, 0.3])))
        model.add(layers.Dense(self.classes, activation="softmax"))
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        return model


tuner = kt.RandomSearch(Rows(3), objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
