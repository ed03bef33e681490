"""A train_step that adds noise and leaves the rest to Keras."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

class Noisy(keras.Sequential):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        x = x + tf.random.normal(tf.shape(x), stddev=0.1, dtype=x.dtype)
        return super().train_step((x, y) if sample_weight is None else (x, y, sample_weight))

def build(hp):
    model = Noisy([keras.Input((6,)), keras.layers.Dense(hp.Int("u", 4, 8, 4), activation="relu"), keras.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model

x, y = np.random.rand(64, 6).astype("float32"), np.random.randint(0, 2, 64)
tuner = kt.RandomSearch(build, "val_accuracy", max_trials=2, overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.2, class_weight={0: 1.0, 1: 3.0})
