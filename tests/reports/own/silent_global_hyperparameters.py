import numpy as np
import keras
import keras_tuner as kt
from keras import layers

hp = kt.HyperParameters()

x = np.random.rand(60, 8)
y = np.random.rand(60, 1)


def build_model(params):
    model = keras.Sequential()
    model.add(keras.Input(shape=(8,)))
    model.add(layers.Dense(units=hp.Int("units", min_value=32, max_value=128, step=32), activation="relu"))
    model.add(layers.Dense(1))
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice("learning_rate", values=[1e-2, 1e-3, 1e-4])), loss="mse", metrics=["mae"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_mae", max_trials=5, hyperparameters=hp, directory="g", overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.2, verbose=0)
print(tuner.get_best_hyperparameters(1)[0].values)
