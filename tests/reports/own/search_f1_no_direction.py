"""A metric of one's own as a bare name: its direction cannot be told."""
import numpy as np
import keras
import keras_tuner as kt
from keras import ops


def f1(y_true, y_pred):
    hit = ops.sum(y_true * y_pred)
    return 2 * hit / (ops.sum(y_true) + ops.sum(y_pred) + 1e-6)


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4), "relu"), keras.layers.Dense(1, "sigmoid")])
    m.compile("adam", "binary_crossentropy", metrics=[f1])
    return m


x, y = np.random.rand(32, 4), np.random.randint(0, 2, (32, 1)).astype("float32")
tuner = kt.Hyperband(build, objective="val_f1", max_epochs=2, directory="f1", overwrite=True)
tuner.search(x, y, validation_split=0.25, verbose=0)
