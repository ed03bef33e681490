import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    units = hp.Int("units", 8, 64, step=8)
    heads = hp.Int("heads", 1, 8)
    inputs = keras.Input((12, 4))
    x = layers.Dense(units)(inputs)
    x = layers.Reshape((12, heads, units // heads))(x)  # fails when units % heads != 0
    x = layers.Permute((2, 1, 3))(x)
    x = layers.Flatten()(x)
    if hp.Boolean("dropout"):
        x = layers.Dropout(0.2)(x)
    model = keras.Model(inputs, layers.Dense(hp.Choice("out", [1, 2]))(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
