"""The sum of two objectives is sought."""
import keras
import keras_tuner as kt
import numpy as np


def build(hp):
    inputs = keras.Input((5,))
    x = keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
    return model


goals = [kt.Objective("val_loss", "min"), kt.Objective("val_auc", "max")]
tuner = kt.RandomSearch(build, objective=goals, max_trials=3, directory="two", overwrite=True)
tuner.search(np.random.rand(40, 5), np.random.randint(0, 2, 40), epochs=1, validation_split=0.25, verbose=0)
