from functools import partial

import keras
import keras_tuner as kt


def build(hp, features, classes):
    model = keras.Sequential([keras.Input((features,))])
    model.add(keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"))
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


iris = kt.RandomSearch(lambda hp: build(hp, 4, 3), objective="val_accuracy", max_trials=4, overwrite=True)
wine = kt.RandomSearch(partial(build, features=13, classes=3), objective="val_accuracy", max_trials=4, overwrite=True)
