"""val_accuracy without data to validate on."""
import numpy as np
import keras
import keras_tuner as kt

(x, y) = np.random.rand(24, 6), np.random.randint(0, 2, 24)


def build(hp):
    m = keras.Sequential([keras.Input((6,)), keras.layers.Dense(hp.Int("n", 4, 12, 4), "relu"), keras.layers.Dense(1, "sigmoid")])
    m.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return m


settings = dict(objective="val_accuracy", max_trials=3, directory="v", overwrite=True)
tuner = kt.RandomSearch(build, **settings)
tuner.search(x, y, epochs=1, verbose=0)
