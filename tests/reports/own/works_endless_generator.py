"""A generator without end, with steps."""
import numpy as np
import keras
import keras_tuner as kt


def batches(size=8):
    while True:
        yield np.random.rand(size, 4), np.random.rand(size, 1)


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="eg", overwrite=True)
tuner.search(batches(), steps_per_epoch=3, validation_data=batches(), validation_steps=2, epochs=1, verbose=0)
