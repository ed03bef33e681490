"""A HyperModel with a constructor that does not call its base's; objective by returned value."""
import keras
import keras_tuner as kt
import numpy as np


class Plain(kt.HyperModel):
    def __init__(self, width, outputs):
        self.width, self.outputs = width, outputs

    def build(self, hp):
        entry = keras.Input((self.width,))
        hidden = keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu")(entry)
        model = keras.Model(entry, keras.layers.Dense(self.outputs)(hidden))
        model.compile("adam", "mse")
        return model

    def fit(self, hp, model, x, y, shuffle_by=None, **kwargs):
        history = model.fit(x, y, shuffle=hp.Boolean("shuffle"), **kwargs)
        return np.min(history.history["val_loss"])


tuner = kt.RandomSearch(Plain(5, 2), max_trials=3, overwrite=True, directory="plain")
tuner.search(np.random.rand(24, 5), np.random.rand(24, 2), validation_split=0.25, epochs=2, verbose=0)
