"""The function that a dataset is mapped with takes one argument, and is given two."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf


class Augmented(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(hp.Int("maps", 2, 6, 2), 3), keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    def fit(self, hp, model, dataset, **kwargs):
        noise = hp.Float("noise", 0.0, 0.2, step=0.1)
        if noise > 0:
            dataset = dataset.map(lambda image: image + noise)
        return model.fit(dataset.batch(4), **kwargs)


data = tf.data.Dataset.from_tensor_slices((np.random.rand(16, 8, 8, 1).astype("float32"), np.random.rand(16, 1).astype("float32")))
tuner = kt.GridSearch(Augmented(), objective="loss", max_trials=9, max_consecutive_failed_trials=9, overwrite=True)
tuner.search(data, epochs=1, verbose=0)
