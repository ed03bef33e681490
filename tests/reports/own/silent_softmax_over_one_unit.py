"""A softmax over one unit, trained from a generator."""
import numpy as np
import keras
import keras_tuner as kt

def gen(n=8):
    while True:
        yield np.random.rand(n, 6), np.random.randint(0, 2, (n, 1))

def build(hp):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(hp.Int("u", 4, 12, 4), activation="relu"), keras.layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model

tuner = kt.RandomSearch(build, "val_accuracy", max_trials=3, overwrite=True)
tuner.search(gen(), steps_per_epoch=4, validation_data=gen(), validation_steps=2, epochs=1)
