"""A tf.data.Dataset that nobody batched."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

ds = tf.data.Dataset.from_tensor_slices((np.random.rand(32, 5).astype("float32"), np.random.rand(32, 1).astype("float32")))
train, val = ds.take(24).shuffle(24), ds.skip(24)


def build(hp):
    inputs = keras.Input((5,))
    x = keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, overwrite=True)
tuner.search(train, validation_data=val, epochs=1, verbose=0)
