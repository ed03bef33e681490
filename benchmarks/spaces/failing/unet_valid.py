import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((32, 32, 1))
    x, skips = inputs, []
    kernel = hp.Choice("kernel", [2, 3, 5])
    depth = hp.Int("depth", 1, 4)
    for i in range(depth):
        x = layers.Conv2D(4, kernel, activation="relu")(x)  # fails when kernel == 3 and depth >= 4
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)  # fails when kernel == 5 and depth >= 3
    x = layers.Conv2D(8, kernel)(x)  # fails when depth >= 4 or (depth == 3 and kernel >= 3)
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
