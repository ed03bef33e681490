"""One of four optimizers does not exist under that name."""
import keras
import keras_tuner as kt
import numpy as np


def make(hp):
    net = keras.Sequential([keras.Input((6,)), keras.layers.Dense(hp.Choice("width", [4, 8])), keras.layers.Dense(3, activation="softmax")])
    net.compile(optimizer=hp.Choice("optimizer", ["adam", "sgd", "rms_prop", "nadam"]), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


x, y = np.random.rand(30, 6), np.random.randint(0, 3, 30)
tuner = kt.GridSearch(make, "val_accuracy", directory="optimizers", overwrite=True)
tuner.search(x, y, validation_data=(x, y), epochs=1, verbose=0)
