"""A loss of one's own that mixes float64 and float32."""
import numpy as np
import keras
import keras_tuner as kt
import tensorflow as tf

weights = tf.constant(np.linspace(0.5, 1.5, 3))


def weighted(y_true, y_pred):
    return tf.reduce_mean(weights * tf.square(y_true - y_pred))


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(3)])
    m.compile("adam", loss=weighted)
    return m


x, y = np.random.rand(20, 4).astype("float32"), np.random.rand(20, 3).astype("float32")
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="fl", overwrite=True)
tuner.search(x, y, validation_data=(x, y), epochs=1, verbose=0)
