import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    a = keras.Input((10,))
    parts = [layers.Dense(4)(a) for i in range(4) if hp.Boolean(f"use_{i}")]
    if len(parts) < 2:
        raise ValueError("an ensemble needs two members")  # fails when use_0 + use_1 + use_2 + use_3 <= 1
    x = layers.Average()(parts)
    m = keras.Model(a, layers.Dense(1)(x))
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
