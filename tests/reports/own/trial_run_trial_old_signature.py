"""run_trial written for the hyperparameters, as an early release called it."""
import keras
import keras_tuner as kt
import numpy as np


class Own(kt.RandomSearch):
    def run_trial(self, trial, hp, *args, **kwargs):
        kwargs["batch_size"] = hp.Choice("batch", [4, 8])
        return super().run_trial(trial, *args, **kwargs)


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 2, 8)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


tuner = Own(build, "val_loss", max_trials=4, overwrite=True)
tuner.search(np.random.rand(20, 4), np.random.rand(20, 1), epochs=1, validation_split=0.2, verbose=0)
