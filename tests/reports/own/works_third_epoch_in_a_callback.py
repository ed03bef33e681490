import keras
import keras_tuner as kt
import numpy as np


class Plateau(keras.callbacks.Callback):
    """Tells how the last epoch compares with the third."""

    def on_train_begin(self, logs=None):
        self.losses = []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["loss"])

    def on_train_end(self, logs=None):
        ratio = self.losses[-1] / self.losses[2]
        print(f"after the third epoch: {ratio:.2f}")


def build_model(hp):
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


x, y = np.random.rand(64, 8), np.random.rand(64, 1)
tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3, directory="out", project_name="plateau", overwrite=True)
tuner.search(x, y, epochs=4, validation_split=0.25, callbacks=[Plateau()], verbose=0)
