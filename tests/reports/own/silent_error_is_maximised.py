"""The objective asks for the largest error."""
import keras
import keras_tuner as kt
import numpy as np


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 16, step=4)), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


goal = kt.Objective(name="val_mae", direction="max")
tuner = kt.BayesianOptimization(build, objective=goal, max_trials=3, directory="goal", overwrite=True)
tuner.search(np.random.rand(24, 4), np.random.rand(24, 1), epochs=1, validation_split=0.25, verbose=0)
