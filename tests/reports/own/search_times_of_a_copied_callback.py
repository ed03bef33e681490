"""How long does an epoch take? Keras Tuner with a time callback."""
import time

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
import keras_tuner as kt


class TimeHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.times = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.time()

    def on_epoch_end(self, epoch, logs=None):
        self.times.append(time.time() - self.start)


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input(shape=(10,)))
    model.add(layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"))
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model


x = np.random.rand(120, 10)
y = np.random.rand(120, 1)
time_callback = TimeHistory()
tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3, directory="out", project_name="times", overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.2, callbacks=[time_callback], verbose=0)
print("seconds per epoch:", np.mean(time_callback.times))
