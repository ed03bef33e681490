"""A layer that keeps its state has one size of batch; for one of the two the last batch of an epoch is smaller."""

import keras
import keras_tuner as kt
import numpy as np
from keras import layers

rng = np.random.default_rng(1)
x = rng.normal(size=(50, 6, 2)).astype("float32")
y = x[:, -1, :1]


def build(hp):
    size = hp.Choice("batch", [10, 16])
    model = keras.Sequential([keras.Input(batch_shape=(size, 6, 2)), layers.LSTM(4, stateful=True), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


class Stateful(kt.RandomSearch):
    def run_trial(self, trial, *args, **kwargs):
        return super().run_trial(trial, *args, batch_size=trial.hyperparameters.get("batch"), **kwargs)


tuner = Stateful(build, "val_loss", max_trials=2, directory="out", project_name="p", overwrite=True)
tuner.search(x[:40], y[:40], epochs=2, validation_data=(x[40:], y[40:]), shuffle=False, verbose=0)
