"""A PyDataset for training and another one for validation."""
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

    def __getitem__(self, index):
        part = slice(index * self.size, (index + 1) * self.size)
        return self.x[part], self.y[part]


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(40, 4), np.random.rand(40, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="wp", overwrite=True)
tuner.search(Batches(x[:32], y[:32], 8), validation_data=Batches(x[32:], y[32:], 8), epochs=1, verbose=0)
