"""A HyperModel class: a recurrent network whose last layers do not fit when two LSTM layers are stacked."""

import keras
import keras_tuner as kt
from keras import layers

WINDOW = 48
FEATURES = 6


class Forecaster(kt.HyperModel):
    def __init__(self, horizon):
        super().__init__()
        self.horizon = horizon

    def build(self, hp):
        model = keras.Sequential([keras.Input(shape=(WINDOW, FEATURES))])
        model.add(layers.LSTM(hp.Int("units_0", 16, 64, step=16)))
        if hp.Boolean("stacked"):
            model.add(layers.LSTM(hp.Int("units_1", 16, 64, step=16)))
        model.add(layers.Dense(self.horizon))
        model.compile(optimizer="adam", loss="mae")
        return model


if __name__ == "__main__":
    import numpy as np

    windows, targets = np.random.rand(256, WINDOW, FEATURES), np.random.rand(256, 12)
    tuner = kt.RandomSearch(Forecaster(horizon=12), objective="val_loss", max_trials=6, overwrite=True)
    tuner.search(windows, targets, epochs=2, validation_split=0.25)
