"""A forecaster whose features another file sets, through a property, before it tunes."""

import keras_tuner as kt
from tensorflow.keras.layers import LSTM, Dense
from tensorflow.keras.models import Sequential


class Forecaster:
    def __init__(self, **options):
        defaults = {"most_units": 128, "step": 32, "_features": None}
        for name, default in defaults.items():
            setattr(self, name, options.get(name, default))

    @property
    def features(self):
        return self._features

    @features.setter
    def features(self, value):
        self._features = value

    def create(self, hp):
        model = Sequential()
        shape = (self.features.shape[1], self.features.shape[2])
        model.add(LSTM(hp.Int("first", self.step, self.most_units, self.step), return_sequences=True, input_shape=shape))
        model.add(LSTM(hp.Int("last", 0, self.most_units, self.step)))
        model.add(Dense(1))
        model.compile("adam", "mse")
        return model

    def tune(self, labels):
        tuner = kt.Hyperband(self.create, "loss", overwrite=True)
        tuner.search(self.features, labels)
        return tuner
