import keras
from keras import layers
import keras_tuner as kt

import settings_digits as settings
from settings_digits import dense_range


def build_model(hp):
    model = keras.Sequential([keras.Input(settings.IMAGE)])
    model.add(layers.Conv2D(16, 3, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(dense_range(hp, "units"), activation="relu"))
    model.add(layers.Dense(settings.CLASSES, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.GridSearch(build_model, objective="val_accuracy", overwrite=True)
