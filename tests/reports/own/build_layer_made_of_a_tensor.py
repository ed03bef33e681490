"""Layers made of a tensor, as if they were functions."""
import numpy as np
import keras
from keras import layers
import keras_tuner as kt

def build(hp):
    inp = keras.Input((28, 28, 1))
    x = layers.Conv2D(hp.Int("f", 8, 32, 8), 3, activation="relu")(inp)
    x = layers.BatchNormalization(x)
    x = layers.Flatten(x)
    out = layers.Dense(10, activation="softmax")(x)
    m = keras.Model(inp, out)
    m.compile("adam", "sparse_categorical_crossentropy")
    return m

t = kt.RandomSearch(build, "val_loss", max_trials=3, overwrite=True)
t.search(np.random.rand(40, 28, 28, 1), np.random.randint(0, 10, 40), validation_split=0.2)
