"""The split of a dataset stands in a dictionary of settings."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

ds = tf.data.Dataset.from_tensor_slices((np.random.rand(40, 4), np.random.rand(40, 1))).batch(8)
settings = {"epochs": 1, "validation_split": 0.2, "verbose": 0}

def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 4, 12, 4)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model

tuner = kt.RandomSearch(build, "val_loss", max_trials=3, overwrite=True)
tuner.search(ds, **settings)
