"""A HyperModel that trains with fit_generator, which is gone."""
import keras_tuner
import numpy as np
from tensorflow import keras


class Net(keras_tuner.HyperModel):
    def build(self, hp):
        net = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(hp.Int("width", 4, 12, step=4)), keras.layers.Dense(1)])
        net.compile(loss="mae", optimizer="rmsprop")
        return net

    def fit(self, hp, model, generator, **kwargs):
        return model.fit_generator(generator, **kwargs)


def batches():
    while True:
        yield np.random.rand(4, 6), np.random.rand(4, 1)


tuner = keras_tuner.RandomSearch(Net(), objective="loss", max_trials=5, overwrite=True)
tuner.search(batches(), steps_per_epoch=2, epochs=1, verbose=0)
