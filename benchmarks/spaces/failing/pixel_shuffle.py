import keras
from keras import layers, ops
import keras_tuner as kt


class Shuffle(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        _, height, width, channels = x.shape
        f = self.factor
        x = ops.reshape(x, (-1, height, width, f, f, channels // (f * f)))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, height * f, width * f, channels // (f * f)))


def build_model(hp):
    inputs = keras.Input((8, 8, 3))
    filters = hp.Int("filters", 4, 36, step=4)
    x = layers.Conv2D(filters, 3, padding="same")(inputs)
    x = Shuffle(hp.Choice("factor", [1, 2, 3]))(x)  # fails when factor == 3 and filters <= 32 | factor == 3 and filters <= 8
    model = keras.Model(inputs, layers.Conv2D(3, 1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
