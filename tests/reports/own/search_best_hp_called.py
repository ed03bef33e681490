"""The list of best hyperparameters is given to the builder."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="bh", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, verbose=0)
best = tuner.get_best_hyperparameters(num_trials=1)
model = tuner.hypermodel.build(best)
