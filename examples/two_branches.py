"""Two branches of a functional model that only meet when their sizes agree."""

import keras
import keras_tuner as kt
from keras import layers


def build_model(hp):
    image = keras.Input(shape=(64, 64, 3), name="image")
    padding = hp.Choice("padding", ["same", "valid"])
    wide = layers.Conv2D(32, hp.Choice("wide_kernel", [3, 5]), padding=padding, activation="relu")(image)
    narrow = layers.Conv2D(32, 3, padding=padding, activation="relu")(image)
    merged = layers.Concatenate()([wide, narrow])
    x = layers.GlobalMaxPooling2D()(merged)
    x = layers.Dense(hp.Int("units", 32, 128, step=32), activation="relu")(x)
    model = keras.Model(image, layers.Dense(1)(x))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


if __name__ == "__main__":
    import numpy as np

    images, ages = np.random.rand(512, 64, 64, 3), np.random.rand(512)
    tuner = kt.Hyperband(build_model, objective="val_mae", max_epochs=5, overwrite=True)
    tuner.search(images, ages, validation_split=0.2)
