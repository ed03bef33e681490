"""Labels 1 to 4 for four units: class 4 is out of range, and every trial fails."""
import numpy as np
import keras
import keras_tuner as kt

features = np.random.rand(32, 5)
labels = np.tile([1, 2, 3, 4], 8)


def build(hp):
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("n", 4, 8, 4)), keras.layers.Dense(4, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build, objective="val_loss", max_trials=4, directory="lr", overwrite=True)
tuner.search(features, labels, epochs=1, validation_split=0.25, verbose=0)
print([(t.status, t.score) for t in tuner.oracle.trials.values()])
