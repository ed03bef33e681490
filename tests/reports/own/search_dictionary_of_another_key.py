"""The data set names a column otherwise than the model."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf


def table(n):
    columns = {"numbers": np.random.rand(n, 4).astype("float32"), "kinds": np.random.rand(n, 2).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((columns, np.random.rand(n, 1).astype("float32"))).batch(8)


def build(hp):
    inputs = {"numeric": keras.Input((4,), name="numeric"), "kinds": keras.Input((2,), name="kinds")}
    x = keras.layers.Concatenate()(list(inputs.values()))
    x = keras.layers.Dense(hp.Int("units", 4, 12, step=4), activation="relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, directory="columns", overwrite=True)
tuner.search(table(32), validation_data=table(16), epochs=1, verbose=0)
