import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    size = hp.Choice("size", [24, 28, 32])
    patch = hp.Choice("patch", [2, 3, 4, 7, 8])
    inputs = keras.Input((size, size, 3))
    x = layers.Conv2D(16, patch, strides=patch)(inputs)
    x = layers.Reshape(((size * size) // (patch * patch), 16))(x)  # fails when size % patch != 0
    x = layers.LayerNormalization()(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
