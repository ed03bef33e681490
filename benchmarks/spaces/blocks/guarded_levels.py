import keras
from keras import layers


def shrink(x, factor):
    """Pools only what is large enough."""
    if x.shape[1] >= factor and x.shape[2] >= factor:
        return layers.MaxPooling2D(factor)(x)
    return x


def build(hp):
    # levels that look at what is left, and a last convolution that does not
    inputs = x = keras.Input((30, 40, 1))
    for i in range(4):
        x = layers.Conv2D(hp.Choice(f"filters_{i}", [8, 16, 32]), (1, hp.Choice(f"width_{i}", [1, 3, 5])), padding="same")(x)
        x = shrink(x, hp.Choice(f"factor_{i}", [1, 2, 3]))
    x = layers.Conv2D(16, hp.Choice("last_kernel", [1, 2, 3]))(x)
    x = layers.Flatten()(x)
    x = layers.Dense(hp.Int("units", 16, 64, step=16), activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(2)(x))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
