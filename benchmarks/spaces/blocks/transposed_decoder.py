import keras
from keras import layers


def build(hp):
    # transposed convolutions whose end is cropped to what is to be restored
    inputs = keras.Input((hp.Choice("latent", [16, 32, 64]),))
    side = hp.Choice("side", [3, 4, 5])
    depth = hp.Choice("depth", [8, 16])
    x = layers.Dense(side * side * depth, activation="relu")(inputs)
    x = layers.Reshape((side, side, depth))(x)
    for i in range(3):
        x = layers.Conv2DTranspose(
            hp.Choice(f"filters_{i}", [8, 16]),
            hp.Choice(f"kernel_{i}", [2, 3, 4]),
            strides=hp.Choice(f"stride_{i}", [1, 2]),
            padding=hp.Choice(f"padding_{i}", ["same", "valid"]),
        )(x)
    x = layers.Cropping2D(hp.Int("crop", 0, 6, step=2))(x)
    outputs = layers.Conv2D(1, 3, padding="valid", activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mse")
    return model
