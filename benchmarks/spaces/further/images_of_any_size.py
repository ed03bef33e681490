import keras
from keras import layers


def build(hp):
    """Segmentation, whose outputs are as large as what comes out of the last layer."""
    side = hp.Int("side", 32, 96, step=16)
    x = inputs = layers.Input((side, side, 3))
    for i in range(hp.Int("down", 1, 3)):
        x = layers.Conv2D(hp.Int(f"filters_{i}", 8, 32, step=8), 3, strides=2, padding=hp.Choice("padding", ["same", "valid"]), activation="relu")(x)
    for _ in range(hp.Int("up", 0, 3)):
        x = layers.UpSampling2D(hp.Choice("factor", [2, 3]))(x)
    x = layers.Cropping2D(hp.Int("crop", 0, 5))(x)
    x = layers.Conv2D(hp.Choice("classes", [1, 4]), 1, activation="sigmoid")(x)
    model = keras.Model(inputs, x)
    model.compile(keras.optimizers.SGD(0.01, momentum=hp.Float("momentum", 0.1, 0.9)), "binary_crossentropy", metrics=["mae"])
    return model
