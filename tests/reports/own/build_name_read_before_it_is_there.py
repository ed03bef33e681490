"""A value is asked for before it is declared."""
import keras
import keras_tuner as kt
import numpy as np


def head(hp, x):
    return keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(hp.get("l2")))(x)


def build(hp):
    inputs = keras.Input((4,))
    x = keras.layers.Dense(hp.Int("units", 4, 12, step=4))(inputs)
    outputs = head(hp, x)
    penalty = hp.Float("l2", 1e-5, 1e-2, sampling="log")
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=2, overwrite=True)
tuner.search(np.random.rand(24, 4), np.random.rand(24, 1), epochs=1, validation_split=0.25, verbose=0)
