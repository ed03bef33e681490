"""A PyDataset whose last batch has another width."""
import numpy as np
import keras
import keras_tuner as kt


class Windows(keras.utils.PyDataset):
    def __init__(self, series, size):
        super().__init__()
        self.series, self.size = series, size

    def __len__(self):
        return 3

    def __getitem__(self, i):
        width = self.size - i
        return np.stack([self.series[:width]] * 4), np.ones((4, 1))


def build(hp):
    m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("n", 4, 8, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


data = Windows(np.random.rand(40), 5)
tuner = kt.RandomSearch(build, "loss", max_trials=2, directory="pw", overwrite=True)
tuner.search(data, epochs=1, verbose=0)
