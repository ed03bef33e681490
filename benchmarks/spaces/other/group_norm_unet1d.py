import keras
from keras import layers


def norm(x, groups):
    return layers.GroupNormalization(groups=groups)(x)


def build(hp):
    length = hp.Choice("length", [96, 100, 128])
    widths = [hp.Int(f"width_{level}", 8, 32, step=8) for level in range(hp.Int("levels", 1, 3))]
    groups = hp.Choice("groups", [4, 8, 16])
    inputs = keras.Input((length, 2))
    x, skips = layers.Conv1D(widths[0], 3, padding="same")(inputs), []
    for width in widths:
        x = layers.Activation("silu")(norm(layers.Conv1D(width, 3, padding="same")(x), groups))
        skips.append(x)
        x = layers.Conv1D(width, 4, strides=2, padding="same")(x)
    for width, skip in zip(reversed(widths), reversed(skips)):
        x = layers.Conv1DTranspose(width, 4, strides=2, padding="same")(x)
        if hp.Boolean("crop", default=False):
            x = layers.Cropping1D((0, x.shape[1] - skip.shape[1]))(x)
        x = layers.Concatenate()([x, skip])
        x = norm(layers.Conv1D(width, 3, padding="same")(x), groups)
    outputs = layers.Conv1D(2, 1)(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=hp.Choice("optimizer", ["adam", "nadam", "adamax"]), loss="mse")
    return model
