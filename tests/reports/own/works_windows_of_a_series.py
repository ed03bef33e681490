"""Windows that Keras cuts out of a series, forecast by a recurrent net."""
import keras
import keras_tuner as kt
import numpy as np

series = np.sin(np.arange(300) / 7).astype("float32")[:, None]
LENGTH = 16


def windows(part, shuffle):
    return keras.utils.timeseries_dataset_from_array(part[:-1], part[LENGTH:], sequence_length=LENGTH, batch_size=32, shuffle=shuffle)


train, val = windows(series[:220], True), windows(series[220:], False)


def build(hp):
    model = keras.Sequential([keras.Input((LENGTH, 1))])
    if hp.Choice("cell", ["lstm", "gru"]) == "lstm":
        model.add(keras.layers.LSTM(hp.Int("units", 4, 8, step=4)))
    else:
        model.add(keras.layers.GRU(hp.Int("units", 4, 8, step=4)))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    return model


tuner = kt.RandomSearch(build, objective="val_mae", max_trials=3, directory="series", overwrite=True)
tuner.search(train, validation_data=val, epochs=1, callbacks=[keras.callbacks.EarlyStopping("val_mae", patience=2)], verbose=0)
