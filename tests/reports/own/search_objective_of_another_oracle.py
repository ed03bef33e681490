"""An oracle of one's own whose objective no metric reports."""
import keras
import keras_tuner as kt
import numpy as np

oracle = kt.oracles.RandomSearchOracle(objective=kt.Objective("val_mean_absolute_error", "min"), max_trials=3)


class Net(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 12, step=4)), keras.layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse", metrics=["mae"])
        return model


tuner = kt.Tuner(oracle=oracle, hypermodel=Net(), directory="oracle", project_name="net", overwrite=True)
tuner.search(np.random.rand(24, 4), np.random.rand(24, 1), epochs=1, validation_split=0.25, verbose=0)
