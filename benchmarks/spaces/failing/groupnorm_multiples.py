import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(hp.Int("filters", 8, 64, step=4), 3, padding="same")(inputs)
    x = layers.GroupNormalization(groups=8)(x)  # fails when filters % 8 != 0
    x = layers.Conv2D(12, 3, groups=hp.Choice("groups", [1, 2, 3, 4]), padding="same")(x)  # fails when filters % groups != 0
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
