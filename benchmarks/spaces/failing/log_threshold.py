import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    units = hp.Int("units", 8, 2048, sampling="log")
    inputs = keras.Input((30,))
    x = layers.Dense(units)(inputs)
    if units > 100:
        x = layers.Reshape((units, 2))(x)  # fails when units >= 101
        x = layers.Flatten()(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
