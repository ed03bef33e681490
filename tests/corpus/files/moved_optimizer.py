import keras
import keras_tuner as kt
from keras.layers.core import Dense, Dropout
from keras.layers.recurrent import LSTM
from keras.optimizers.rmsprop_v2 import RMSprop


def build_model(hp):
    model = keras.Sequential([keras.Input((20, 2))])
    model.add(LSTM(hp.Int("units", 8, 24, step=8)))
    model.add(Dropout(hp.Choice("drop", [0.1, 0.3])))
    model.add(Dense(1))
    model.compile(RMSprop(learning_rate=hp.Choice("rate", [1e-2, 1e-3])), loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3, overwrite=True)
