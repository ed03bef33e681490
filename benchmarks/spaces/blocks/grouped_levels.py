import keras
from keras import layers


def build(hp):
    # groups must divide what the level before leaves, and what the level makes
    x = inputs = keras.Input((28, 28, 8))
    for i in range(5):
        x = layers.Conv2D(hp.Choice(f"filters_{i}", [8, 12, 16]), 3, groups=hp.Choice(f"groups_{i}", [1, 2, 4, 8]), padding="same")(x)
        if hp.Boolean(f"norm_{i}"):
            x = layers.GroupNormalization(hp.Choice(f"norm_groups_{i}", [2, 4]))(x)
        x = layers.ReLU()(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model
