"""A HyperModel whose build asks for what __init__ calls otherwise."""
import numpy as np
import keras
import keras_tuner as kt
from keras.layers import Dense, Dropout


class RegressionHyperModel(kt.HyperModel):
    def __init__(self, input_shape):
        self.shape = input_shape

    def build(self, hp):
        model = keras.Sequential()
        model.add(Dense(hp.Int("units", 8, 64, 4, default=8), activation="relu", input_shape=self.input_shape))
        model.add(Dropout(hp.Float("dropout", 0.0, 0.1, default=0.005, step=0.01)))
        model.add(Dense(1))
        model.compile(optimizer="rmsprop", loss="mse", metrics=["mse"])
        return model


x, y = np.random.rand(40, 13), np.random.rand(40)
hypermodel = RegressionHyperModel((x.shape[1],))
tuner_rs = kt.RandomSearch(hypermodel, objective="mse", seed=42, max_trials=3, executions_per_trial=2, overwrite=True)
tuner_rs.search(x, y, epochs=1, validation_split=0.2, verbose=0)
