import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    model = keras.Sequential([keras.Input((20,))])
    units = hp.Int("units", 2, 32, step=2)
    for _ in range(hp.Int("layers", 1, 5)):
        model.add(layers.Dense(units, activation="relu"))  # fails when units < 2 ** (layers - 1)
        units = units // 2
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
