import keras
from keras import layers


class Builder:
    """Residual levels, whose shortcut keeps what the level may shrink."""

    def __init__(self, levels):
        self.levels = levels

    def level(self, hp, x, i):
        y = layers.Conv2D(32, hp.Choice(f"kernel_{i}", [3, 5]), strides=hp.Choice(f"stride_{i}", [1, 2]), padding="same", activation="relu")(x)
        y = layers.Conv2D(hp.Choice(f"filters_{i}", [16, 32]), 3, padding="same")(y)
        if hp.Boolean(f"shortcut_{i}"):
            return layers.Add()([x, y])
        return layers.Activation("relu")(y)

    def __call__(self, hp):
        x = inputs = keras.Input((32, 32, 3))
        x = layers.Conv2D(32, 3, padding="same")(x)
        for i in range(self.levels):
            x = self.level(hp, x, i)
        x = layers.GlobalAveragePooling2D()(x)
        model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
        model.compile("adam", "sparse_categorical_crossentropy")
        return model


def build(hp):
    return Builder(4)(hp)
