import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops

class Own(kt.RandomSearch):
    def run_trial(self, trial, x, y):
        model = self.hypermodel.build(trial.hyperparameters)
        return min(model.fit(x, y, epochs=1, verbose=0).history["loss"])

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 2, 8, step=2), activation="relu"), layers.Dense(1)])
    model.compile("adam", loss="mse", metrics=["mae"])
    return model


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = Own(build_model, max_trials=3, directory="out", project_name="p", overwrite=True)
tuner.search(x, y)
