"""Position codes in a transformer, with mixed precision."""
import numpy as np
import tensorflow as tf
import keras
import keras_tuner
from keras import layers

keras.mixed_precision.set_global_policy("mixed_float16")


class Positions(layers.Layer):
    def __init__(self, length, dim, **kwargs):
        super().__init__(**kwargs)
        angles = np.arange(length)[:, None] / np.power(10000, np.arange(dim)[None, :] / dim)
        self.codes = tf.constant(np.sin(angles)[None], dtype=tf.float32)

    def call(self, x):
        return x + self.codes[:, : tf.shape(x)[1], :]


def build(hp):
    dim = hp.Choice("dim", [8, 16, 32])
    tokens = keras.Input((12,), dtype="int32")
    x = layers.Embedding(50, dim)(tokens)
    x = Positions(12, dim)(x)
    x = x + layers.MultiHeadAttention(hp.Int("heads", 1, 4), dim // 2)(x, x)
    x = layers.GlobalAveragePooling1D()(x)
    out = layers.Dense(2, activation="softmax", dtype="float32")(x)
    model = keras.Model(tokens, out)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


x = np.random.randint(0, 50, (64, 12))
y = np.random.randint(0, 2, 64)
tuner = keras_tuner.RandomSearch(build, objective="val_accuracy", max_trials=4, overwrite=True, directory="out", project_name="f01")
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
print("BEST", tuner.get_best_hyperparameters()[0].values)
