import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    units = [hp.Int(f"units_{i}", 32, 128, step=32) for i in range(3)]
    if sum(units) > 256:
        raise ValueError("too many units")  # fails when units_0 + units_1 + units_2 >= 288
    m = keras.Sequential([keras.Input((8,))] + [layers.Dense(w, activation="relu") for w in units] + [layers.Dense(1)])
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
