"""A class of batches has four labels, the model three classes."""
import math
import numpy as np
import keras
import keras_tuner as kt

class Batches(keras.utils.PyDataset):
    def __init__(self, x, y, size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return math.ceil(len(self.x) / self.size)

    def __getitem__(self, i):
        part = slice(i * self.size, (i + 1) * self.size)
        return self.x[part], self.y[part]

x, y = np.random.rand(96, 5), np.arange(96) % 4

def build(hp):
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("u", 4, 12, 4), activation="relu"), keras.layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

tuner = kt.RandomSearch(build, "val_accuracy", max_trials=3, overwrite=True)
tuner.search(Batches(x, y, 16), validation_data=Batches(x, y, 16), epochs=1)
