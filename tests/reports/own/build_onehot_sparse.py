"""One-hot labels and a sparse loss."""
import numpy as np
import keras
import keras_tuner as kt

labels = keras.utils.to_categorical(np.random.randint(0, 3, 20), 3)
features = np.random.rand(20, 5)


def build(hp):
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("n", 4, 8, 4)), keras.layers.Dense(3, activation="softmax")])
    model.compile(optimizer=hp.Choice("optimizer", ["adam", "sgd"]), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build, objective="val_accuracy", max_trials=4, directory="oh", overwrite=True)
tuner.search(features, labels, epochs=1, validation_split=0.2, verbose=0)
