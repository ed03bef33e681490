"""Pictures of 12 × 12 are halved up to five times."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
import keras_tuner as kt

images = np.random.rand(24, 12, 12, 3).astype("float32")
labels = np.random.randint(0, 4, 24)


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Input(shape=images.shape[1:]))
    for i in range(hp.Int("pools", 1, 5)):
        model.add(layers.Conv2D(hp.Choice("filters", [2, 4]), 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(4, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=8, seed=2, directory="tb", project_name="pools", overwrite=True)
tuner.search(images, labels, epochs=1, validation_split=0.25, verbose=0)
