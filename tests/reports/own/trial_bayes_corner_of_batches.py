"""BayesianOptimization with a batch size that a stateful network cannot take."""
import keras
import keras_tuner as kt
import numpy as np


class Stateful(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input(batch_shape=(8, 6, 2)), keras.layers.LSTM(hp.Int("units", 2, 6, step=2), stateful=True), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    def fit(self, hp, model, *args, **kwargs):
        return model.fit(*args, batch_size=hp.Choice("batch", [8, 12]), **kwargs)


tuner = kt.BayesianOptimization(Stateful(), "loss", max_trials=6, num_initial_points=3, max_consecutive_failed_trials=7, seed=1, overwrite=True)
tuner.search(np.random.rand(24, 6, 2), np.random.rand(24, 1), epochs=1, verbose=0)
