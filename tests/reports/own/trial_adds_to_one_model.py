"""Each trial adds its layers to one model of the module."""
import numpy as np
import keras
from keras import layers
import keras_tuner as kt
x_train = np.random.rand(200, 12).astype("float32")
y_train = np.random.randint(0, 3, 200)
x_val = np.random.rand(60, 12).astype("float32")
y_val = np.random.randint(0, 3, 60)

base = keras.Sequential([keras.Input((12,)), layers.Dense(16, activation="relu")])

def build(hp):
    base.add(layers.Dense(hp.Choice("units", [8, 16]), activation="relu", name="head"))
    base.add(layers.Dense(3, activation="softmax", name="out"))
    base.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return base

tuner = kt.RandomSearch(build, objective="val_accuracy", max_trials=3)
tuner.search(x_train, y_train, epochs=2, validation_data=(x_val, y_val))
