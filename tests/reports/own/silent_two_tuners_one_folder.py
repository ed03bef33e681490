"""Two searches over two builders in one folder."""
import numpy as np
import keras
import keras_tuner as kt

x, y = np.random.rand(16, 5), np.random.rand(16, 1)


def shallow(hp):
    m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("n", 4, 8, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


def deep(hp):
    m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("a", 4, 8, 4)), keras.layers.Dense(hp.Int("b", 4, 8, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


first = kt.RandomSearch(shallow, "val_loss", max_trials=2, directory="runs", project_name="net")
first.search(x, y, validation_split=0.25, verbose=0)
second = kt.RandomSearch(deep, "val_loss", max_trials=2, directory="runs", project_name="net")
second.search(x, y, validation_split=0.25, verbose=0)
print("SECOND", [t.hyperparameters.values for t in second.oracle.trials.values()])
