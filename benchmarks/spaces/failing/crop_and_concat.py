import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((28, 28, 1))
    k1, k2 = hp.Choice("k1", [1, 3, 5]), hp.Choice("k2", [1, 3, 5])
    a = layers.Conv2D(4, k1)(inputs)
    b = layers.Conv2D(4, k2)(inputs)
    x = layers.Concatenate()([a, b])  # fails when k1 != k2
    if hp.Boolean("deep"):
        x = layers.Conv2D(4, 3, padding=hp.Choice("padding", ["same", "valid"]))(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
