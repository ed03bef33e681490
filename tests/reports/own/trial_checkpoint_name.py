"""ModelCheckpoint without an ending that Keras 3 knows."""
import numpy as np
import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential([keras.Input((6,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


def run():
    x, y = np.random.rand(24, 6), np.random.rand(24, 1)
    keep = keras.callbacks.ModelCheckpoint("models/best.h5", save_best_only=True, save_weights_only=True)
    tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="mc", overwrite=True)
    tuner.search(x, y, validation_split=0.25, epochs=1, callbacks=[keep], verbose=0)


run()
