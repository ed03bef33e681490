import numpy as np
import keras
import keras_tuner as kt
from keras_tuner import Objective


def build(hp):
    model = keras.Sequential()
    model.add(keras.Input((4,)))
    model.add(keras.layers.Dense(hp.Int("units", 4, 8), activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.Recall(name="recall")])
    return model


tuner = kt.RandomSearch(build, objective=Objective("val_recall", direction=max), max_trials=2, directory="out", project_name="g34", overwrite=True)
tuner.search(np.random.rand(40, 4), np.random.randint(0, 2, 40), validation_split=0.2, epochs=1, verbose=0)
