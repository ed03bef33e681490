"""The size of the images is drawn in fit, the model is built for another."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf


class Resized(kt.HyperModel):
    def build(self, hp):
        net = keras.Sequential([keras.Input((16, 16, 3)), keras.layers.Conv2D(hp.Int("maps", 2, 6, step=2), 3), keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")])
        net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return net

    def fit(self, hp, model, x, y, **kwargs):
        size = hp.Choice("size", [16, 12])
        return model.fit(tf.image.resize(x, (size, size)), y, **kwargs)


x, y = np.random.rand(16, 32, 32, 3), np.random.randint(0, 2, 16)
tuner = kt.GridSearch(Resized(), "accuracy", max_trials=4, max_consecutive_failed_trials=9, overwrite=True)
tuner.search(x, y, epochs=1, verbose=0)
