"""max_trials beside an oracle."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


oracle = kt.oracles.BayesianOptimizationOracle(objective="val_loss", max_trials=3)
tuner = kt.Tuner(oracle=oracle, hypermodel=build, max_trials=3, directory="ok", overwrite=True)
x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner.search(x, y, validation_split=0.2, verbose=0)
