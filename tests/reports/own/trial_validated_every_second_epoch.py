import keras
import keras_tuner as kt
import numpy as np


def build_model(hp):
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


x, y = np.random.rand(64, 8), np.random.rand(64, 1)
tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3, directory="out", project_name="freq", overwrite=True)
tuner.search(x[:48], y[:48], validation_data=(x[48:], y[48:]), epochs=4, validation_freq=2, verbose=0)
print(tuner.get_best_hyperparameters()[0].get("units"))
