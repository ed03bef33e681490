"""Training data are reshaped, validation data are not."""
import numpy as np
import keras
import keras_tuner as kt

x, y = np.random.rand(24, 8, 8), np.random.randint(0, 3, 24)
x_val, y_val = np.random.rand(8, 64), np.random.randint(0, 3, 8)
x = x.reshape(-1, 8, 8, 1)


def build(hp):
    m = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(hp.Choice("f", [2, 4]), 3), keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")])
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


tuner = kt.RandomSearch(build, "val_accuracy", max_trials=2, directory="vs", overwrite=True)
tuner.search(x, y, validation_data=(x_val, y_val), epochs=1, verbose=0)
