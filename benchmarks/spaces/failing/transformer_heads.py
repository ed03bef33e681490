import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    width = hp.Int("width", 16, 96, step=16)
    heads = hp.Choice("heads", [2, 3, 4, 6])
    if width % heads:
        raise ValueError("width must be a multiple of heads")  # fails when width % heads != 0
    inputs = keras.Input((10, 8))
    x = layers.Dense(width)(inputs)
    for _ in range(hp.Int("blocks", 1, 3)):
        x = x + layers.MultiHeadAttention(heads, width // heads)(x, x)
    model = keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
