"""One-hot labels for training, integers for validation."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

x, y = np.random.rand(40, 6).astype("float32"), np.random.randint(0, 4, 40)
train = tf.data.Dataset.from_tensor_slices((x, keras.utils.to_categorical(y, 4))).batch(8)
val = tf.data.Dataset.from_tensor_slices((x[:16], y[:16])).batch(8)


def model_fn(hp):
    model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(hp.Choice("units", [8, 16, 32])), keras.layers.Dense(4, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(model_fn, objective="val_accuracy", max_trials=3, overwrite=True)
tuner.search(train, validation_data=val, epochs=1, verbose=0)
