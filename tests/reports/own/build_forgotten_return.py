"""The function compiles its model and does not return it."""
import numpy as np
from tensorflow import keras
from keras_tuner import RandomSearch


def build_model(hp):
    model = keras.models.Sequential()
    model.add(keras.layers.Flatten(input_shape=(5, 5)))
    model.add(keras.layers.Dense(hp.Int("units", 8, 16, 8), activation="relu"))
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


tuner = RandomSearch(build_model, objective="val_accuracy", max_trials=2, directory="r", overwrite=True)
tuner.search(np.random.rand(12, 5, 5), np.random.randint(0, 3, 12), validation_split=0.25, verbose=0)
