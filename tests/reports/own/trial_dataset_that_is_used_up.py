"""A dataset over a generator that was made once."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

x, y = np.random.rand(64, 4), np.random.rand(64, 1)

def stream():
    for i in range(0, 64, 16):
        yield x[i:i + 16], y[i:i + 16]

source = stream()
train = tf.data.Dataset.from_generator(lambda: source, output_signature=(tf.TensorSpec((None, 4), tf.float64), tf.TensorSpec((None, 1), tf.float64)))

def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 4, 12, 4)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model

tuner = kt.RandomSearch(build, "loss", max_trials=3, overwrite=True)
tuner.search(train, epochs=1)
