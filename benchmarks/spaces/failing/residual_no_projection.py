import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, padding="same")(inputs)
    for i in range(hp.Int("blocks", 1, 3)):
        filters = hp.Choice(f"filters_{i}", [8, 16])
        strides = hp.Choice("strides", [1, 2])
        y = layers.Conv2D(filters, 3, strides=strides, padding="same")(x)
        if hp.Boolean("project"):
            x = layers.Conv2D(filters, 1, strides=strides)(x)
        x = layers.Add()([x, y])  # fails when not project and (strides == 2 or filters_0 == 16 or filters_1 == 16 or filters_2 == 16)
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
