import keras
from keras import layers


def build(hp):
    inputs = keras.Input((hp.Choice("size", [24, 28, 32]), 32, 3))
    x = inputs
    used = 0
    for i in range(6):
        kernel = hp.Choice(f"kernel_{i % 3}", [3, 5, 7])
        try:
            y = layers.Conv2D(hp.Int(f"filters_{i % 3}", 8, 32, step=8), kernel, activation="relu")(x)
            x = layers.MaxPooling2D(hp.Choice("pool", [2, 3]))(y)
        except (ValueError, TypeError):
            break
        used += 1
    if used < hp.Int("least", 1, 3):
        x = layers.Dense(16)(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
