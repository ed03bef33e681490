import keras
from keras import layers, ops
import keras_tuner as kt


def tower(x, hp, name):
    for i in range(2):
        x = layers.Conv1D(8, 3, padding="same")(x)
        x = layers.MaxPooling1D(hp.Choice(f"{name}_pool_{i}", [1, 2, 4]), padding="same")(x)
    return x


def build_model(hp):
    a, b = keras.Input((64, 2)), keras.Input((32, 2))
    x = layers.Add()([tower(a, hp, "left"), tower(b, hp, "right")])  # fails when left_pool_0 * left_pool_1 != 2 * (right_pool_0 * right_pool_1)
    m = keras.Model([a, b], layers.Dense(1)(layers.GlobalMaxPooling1D()(x)))
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
