"""A loop over layers whose hyperparameter has one name."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    model = keras.Sequential([keras.Input((5,))])
    for i in range(3):
        model.add(keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    print("UNITS", [layer.units for layer in model.layers])
    return model


x, y = np.random.rand(16, 5), np.random.rand(16, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="ln", overwrite=True)
tuner.search(x, y, validation_split=0.25, verbose=0)
