"""The remainder is dropped, and all that there is is the remainder."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

BATCH = 64


def pipeline(n):
    data = tf.data.Dataset.from_tensor_slices((np.random.rand(n, 5).astype("float32"), np.random.rand(n, 1).astype("float32")))
    return data.shuffle(n).batch(BATCH, drop_remainder=True).prefetch(tf.data.AUTOTUNE)


def build(hp):
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu"), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, directory="pipeline", overwrite=True)
tuner.search(pipeline(40), validation_data=pipeline(40), epochs=1, verbose=0)
