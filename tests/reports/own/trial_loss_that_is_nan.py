"""A logarithm of labels below zero: the loss is no number."""
import numpy as np
import keras
from keras import layers
import keras_tuner as kt
from keras import ops
X = np.random.rand(64, 8) - 0.5
Y = -np.random.rand(64, 1)

def msle(y_true, y_pred):
    return ops.mean(ops.square(ops.log(y_true) - ops.log(ops.relu(y_pred) + 1e-3)))

def build(hp):
    m = keras.Sequential([keras.Input((8,)), layers.Dense(hp.Int("u", 8, 32, 8), "relu"), layers.Dense(1)])
    m.compile("adam", msle)
    return m

tuner = kt.RandomSearch(build, "val_loss", max_trials=5, overwrite=True)
tuner.search(X, Y, epochs=1, validation_split=0.2)
