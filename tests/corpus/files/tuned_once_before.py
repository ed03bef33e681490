"""The second search of two: what the first found comes from outside, and so do the weights that it trained."""

import numpy as np
from keras import Input, Model
from keras.layers import Dense, Dropout, LSTM
from keras.optimizers import Adam
from keras_tuner import HyperModel


class FineTuned(HyperModel):
    def __init__(self, width, best, weights):
        self.width = width
        self.best = best
        self.weights = weights

    def build(self, hp):
        inputs = Input((24, self.width))
        x = LSTM(32, dropout=self.best["recurrent"])(inputs)
        x = Dropout(rate=self.best["rate"], name="before_head")(x)
        x = Dense(self.best["units"], activation="relu")(x)
        model = Model(inputs, Dense(1)(x))
        with self.weights.open("rb") as stored:
            values = np.load(stored, allow_pickle=True)
        model.set_weights(values)
        model.compile(optimizer=Adam(hp.Float("rate", 1e-5, 1e-3, sampling="log")), loss="mse")
        return model
