"""A generator whose signature promises another width than it gives."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf


def windows():
    series = np.random.rand(60).astype("float32")
    for start in range(40):
        yield series[start : start + 12, None], series[start + 12 : start + 13]


signature = (tf.TensorSpec((10, 1), tf.float32), tf.TensorSpec((1,), tf.float32))
dataset = tf.data.Dataset.from_generator(windows, output_signature=signature).batch(8)


def build(hp):
    model = keras.Sequential([keras.Input((10, 1)), keras.layers.LSTM(hp.Int("units", 2, 8, step=2)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, directory="windows", overwrite=True)
tuner.search(dataset.skip(1), validation_data=dataset.take(1), epochs=1, verbose=0)
