"""Batches from a generator class of Keras 2, and validation_split beside them."""
import numpy as np
import keras_tuner as kt
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.utils import Sequence


class Batches(Sequence):
    def __init__(self, images, labels, size=8, **kwargs):
        super().__init__(**kwargs)
        self.images, self.labels, self.size = images, labels, size

    def __len__(self):
        return len(self.images) // self.size

    def __getitem__(self, index):
        part = slice(index * self.size, (index + 1) * self.size)
        return self.images[part], self.labels[part]


def build_model(hp):
    model = keras.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(hp.Int("filters", 2, 8, step=2), 3, activation="relu")])
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(2, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


train = Batches(np.random.rand(32, 8, 8, 3), np.random.randint(0, 2, 32))
tuner = kt.BayesianOptimization(build_model, objective="val_accuracy", max_trials=4, directory="batches", overwrite=True)
tuner.search(train, epochs=1, validation_split=0.25, verbose=0)
