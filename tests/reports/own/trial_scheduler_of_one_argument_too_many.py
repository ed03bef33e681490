"""A schedule that wants what Keras does not give it."""
import keras
import keras_tuner as kt
import numpy as np


def decay(epoch, lr, warmup):
    return lr if epoch < warmup else lr * 0.9


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 2, 8, step=2)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(hp.Choice("lr", [0.1, 0.01])), "mse")
    return model


x, y = np.random.rand(16, 4), np.random.rand(16, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.25, callbacks=[keras.callbacks.LearningRateScheduler(decay)], verbose=0)
