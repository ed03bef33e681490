"""EarlyStopping watches val_acc, the metric is called accuracy."""
import keras
import keras_tuner as kt
import numpy as np

x, y = np.random.rand(24, 4), np.random.randint(0, 2, 24)


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 64, step=4)), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


early = keras.callbacks.EarlyStopping(monitor="val_acc", patience=1)
tuner = kt.RandomSearch(build, "val_accuracy", max_trials=2, overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.25, callbacks=[early], verbose=0)
