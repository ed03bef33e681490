import numpy as np
import pandas as pd
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense
import keras_tuner as kt

prices = pd.read_csv("AAPL.csv")["Close"].values
n_steps = 60
X = np.array([prices[i - n_steps:i] for i in range(n_steps, len(prices))])[..., np.newaxis]
y = prices[n_steps:]


def build_model(hp):
    model = Sequential()
    model.add(LSTM(hp.Int("first", 32, 96, step=32), return_sequences=True, input_shape=(n_steps, 1)))
    for i in range(hp.Int("n_layers", 1, 3)):
        model.add(LSTM(hp.Int(f"units_{i}", 32, 96, step=32)))
    model.add(Dense(1))
    model.compile(loss="mse", optimizer=hp.Choice("optimizer", ["adam", "rmsprop"]))
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=10, overwrite=True)
tuner.search(X, y, epochs=20, validation_split=0.2)
