"""batchsize for batch_size."""
import numpy as np
import keras
import keras_tuner as kt

x, y = np.random.rand(32, 4), np.random.rand(32, 1)


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


options = {"epochs": 1, "batchsize": 8, "verbose": 0}
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="k", overwrite=True)
tuner.search(x, y, validation_data=(x, y), **options)
