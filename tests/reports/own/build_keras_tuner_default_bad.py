"""The default is none of the values."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    rate = hp.Choice("rate", [0.1, 0.01], default=0.001)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


x = np.random.rand(16, 3)
kt.RandomSearch(build, "val_loss", max_trials=2, directory="d").search(x, x[:, :1], validation_split=0.25, verbose=0)
