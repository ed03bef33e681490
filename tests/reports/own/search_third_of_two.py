"""Of a search of two trials the third best model is taken."""
import numpy as np
import keras
import keras_tuner as kt
from keras import layers


def build_model(hp):
    model = keras.Sequential([keras.Input((6,)), layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


x, y = np.random.rand(40, 6), np.random.rand(40, 1)
tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=2, directory="out", project_name="third", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
models = tuner.get_best_models(num_models=3)
third = models[2]
third.summary()
