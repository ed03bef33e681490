"""tf.data without batch(): each step gets one row."""
import numpy as np
import keras
import keras_tuner as kt
import tensorflow as tf

x, y = np.random.rand(24, 6).astype("float32"), np.random.randint(0, 2, 24)
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(24)
val = tf.data.Dataset.from_tensor_slices((x, y))


def build(hp):
    m = keras.Sequential([keras.Input((6,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(2, activation="softmax")])
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


tuner = kt.RandomSearch(build, "val_accuracy", max_trials=3, directory="nb", overwrite=True)
tuner.search(train, validation_data=val, epochs=1, verbose=0)
