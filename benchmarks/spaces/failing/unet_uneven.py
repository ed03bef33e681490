import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((36, 36, 1))
    x, skips = inputs, []
    depth = hp.Int("depth", 1, 4)
    for i in range(depth):
        x = layers.Conv2D(4 * 2**i, 3, padding="same", activation="relu")(x)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(8, hp.Choice("bottleneck", [1, 3]), padding="same")(x)
    for skip in reversed(skips):
        x = layers.UpSampling2D(2)(x)
        if hp.Boolean("skip"):
            x = layers.Concatenate()([x, skip])  # fails when skip and depth >= 3
    model = keras.Model(inputs, layers.Conv2D(1, 1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
