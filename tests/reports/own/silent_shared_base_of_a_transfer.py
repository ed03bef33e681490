import numpy as np
import keras
import keras_tuner as kt
from keras import layers

base = keras.Sequential([keras.Input((16, 16, 3)), layers.Conv2D(8, 3, activation="relu"), layers.GlobalAveragePooling2D()], name="base")


def build(hp):
    base.trainable = hp.Boolean("fine_tune")
    model = keras.Sequential([base, layers.Dense(hp.Int("head", 8, 24, 8), activation="relu"), layers.Dense(4, activation="softmax")])
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-3, 1e-4])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


x, y = np.random.rand(32, 16, 16, 3), np.random.randint(0, 4, 32)
tuner = kt.RandomSearch(build, "val_accuracy", max_trials=3, directory="transfer", overwrite=True, seed=1)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
