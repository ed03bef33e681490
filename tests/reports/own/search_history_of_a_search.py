"""The history is asked of what search gives back, which is nothing."""
import keras
import keras_tuner as kt
import numpy as np

def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 4, 12, 4)), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model

x, y = np.random.rand(40, 4), np.random.rand(40, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, overwrite=True)
history = tuner.search(x, y, validation_split=0.2, epochs=1)
print(history.history["val_mae"])
