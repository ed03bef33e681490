import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    x = inputs = keras.Input((28, 28, 1))
    depth = hp.Int("depth", 1, 4)
    for i in range(depth):
        x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    for i in range(depth):
        x = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(1, hp.Choice("last", [3, 5]), padding=hp.Choice("padding", ["same", "valid"]))(x)
    x = layers.Subtract()([x, inputs])  # fails when (padding == 'same' and depth >= 3) or (padding == 'valid' and (last == 3 or depth <= 2))
    m = keras.Model(inputs, x)
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
