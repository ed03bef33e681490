import keras
import keras_tuner as kt
import numpy as np


def build_model(hp):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


x = np.random.rand(100, 6)
y = (x.sum(axis=1) > 3).astype("int32")
early = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="min", patience=3, restore_best_weights=True)
tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=3, directory="out", project_name="early", overwrite=True)
tuner.search(x, y, epochs=8, validation_split=0.3, callbacks=[early], verbose=0)
