"""Skip connections of a U-shaped net: 20 is no multiple of 8."""
import numpy as np
import keras
from keras import layers
import keras_tuner as kt


def encoder(x, width):
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    return x, layers.MaxPooling2D(2)(x)


def decoder(x, skip, width):
    x = layers.Conv2DTranspose(width, 2, strides=2)(x)
    x = layers.Concatenate()([x, skip])
    return layers.Conv2D(width, 3, padding="same", activation="relu")(x)


def unet(hp):
    inputs = x = keras.Input((20, 20, 1))
    skips = []
    depth = hp.Int("depth", 1, 3)
    for _ in range(depth):
        skip, x = encoder(x, 2)
        skips.append(skip)
    x = layers.Conv2D(hp.Choice("middle", [2, 4]), 3, padding="same")(x)
    for skip in reversed(skips):
        x = decoder(x, skip, 2)
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy")
    return model


x = np.random.rand(8, 20, 20, 1)
tuner = kt.GridSearch(unet, objective="val_loss", directory="u", overwrite=True)
tuner.search(x, (x > 0.5).astype("float32"), validation_split=0.25, verbose=0)
print([t.status for t in tuner.oracle.trials.values()])
