"""epochs for Hyperband in a dictionary."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("n", 4, 64, 4)), keras.layers.Dense(1)])
    m.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-1, sampling="log")), "mse")
    return m


FIT = dict(epochs=25, verbose=0)
x, y = np.random.rand(16, 5), np.random.rand(16, 1)
tuner = kt.Hyperband(build, "val_loss", max_epochs=3, directory="he", overwrite=True)
tuner.search(x, y, validation_split=0.25, **FIT)
print(sorted({t.hyperparameters.values["tuner/epochs"] for t in tuner.oracle.trials.values()}))
