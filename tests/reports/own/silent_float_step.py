"""0 to 0.5 in steps of 0.1 never reaches 0.5."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    rate = hp.Float("dropout", 0.0, 0.5, step=0.1)
    m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8), keras.layers.Dropout(rate), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(16, 5), np.random.rand(16, 1)
tuner = kt.GridSearch(build, "val_loss", directory="fs", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
print(sorted(t.hyperparameters.values["dropout"] for t in tuner.oracle.trials.values()))
