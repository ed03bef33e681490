import keras
from keras import layers, ops
import keras_tuner as kt


def branch(x, kind, filters, strides):
    if kind == "conv":
        return layers.Conv2D(filters, 3, strides=strides, padding="same")(x)
    if kind == "pool":
        return layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Conv2D(filters, 1, strides=strides)(x)


def build_model(hp):
    inputs = keras.Input((16, 16, 3))
    strides = hp.Choice("strides", [1, 2])
    kinds = [hp.Choice(f"branch_{i}", ["conv", "pool", "pointwise"]) for i in range(3)]
    x = layers.Concatenate()([branch(inputs, kind, 4, strides) for kind in kinds])  # fails when strides == 1 and (branch_0 != 'pool' or branch_1 != 'pool' or branch_2 != 'pool') and (branch_0 == 'pool' or branch_1 == 'pool' or branch_2 == 'pool')
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
