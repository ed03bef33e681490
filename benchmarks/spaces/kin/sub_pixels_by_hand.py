import keras
from keras import layers, ops


class Shuffle(layers.Layer):
    """Depth to space, written with reshape and transpose."""

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, x):
        _, h, w, c = x.shape
        s = self.scale
        x = ops.reshape(x, (-1, h, w, s, s, c // (s * s)))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, h * s, w * s, c // (s * s)))


def build(hp):
    scale = hp.Choice("scale", [2, 3, 4])
    low = keras.Input((16, 20, 3))
    x = layers.Conv2D(hp.Int("filters", 16, 64, step=16), 5, padding="same", activation="relu")(low)
    for i in range(hp.Int("depth", 0, 3)):
        x = layers.Conv2D(hp.Int("inner", 12, 48, step=12), hp.Choice("kernel", [1, 3]), padding="same")(x)
        x = layers.PReLU(shared_axes=[1, 2])(x)
    x = layers.Conv2D(hp.Choice("channels", [12, 27, 36, 48]), 3, padding="same")(x)
    high = Shuffle(scale)(x)
    model = keras.Model(low, layers.Conv2D(3, 3, padding="same")(high))
    model.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2, sampling="log")), "mae")
    return model
