import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    a = keras.Input((10, 4))
    left = layers.Dense(hp.Int("left", 8, 24, step=4))(a)
    right = layers.Dense(hp.Int("right", 8, 24, step=4))(a)
    x = layers.Concatenate()([left, right])
    x = layers.GroupNormalization(groups=hp.Choice("groups", [4, 8, 16]))(x)  # fails when (left + right) % groups != 0
    m = keras.Model(a, layers.Dense(1)(layers.Flatten()(x)))
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
