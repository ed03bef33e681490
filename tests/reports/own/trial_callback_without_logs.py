"""A callback whose method does not take the logs."""
import keras
import keras_tuner as kt
import numpy as np


class Watch(keras.callbacks.Callback):
    def on_epoch_end(self, epoch):
        print("epoch", epoch)


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 2, 8, step=2)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


x, y = np.random.rand(16, 4), np.random.rand(16, 1)
tuner = kt.Hyperband(build, "val_loss", max_epochs=2, overwrite=True)
tuner.search(x, y, validation_split=0.25, callbacks=[Watch()], verbose=0)
