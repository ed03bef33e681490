import numpy as np
import keras
import keras_tuner as kt
from keras import layers

WINDOW, BATCH = 12, 32
series = np.sin(np.arange(1200) / 10)
X = np.stack([series[i : i + WINDOW] for i in range(1000)])[..., None]
Y = series[WINDOW : WINDOW + 1000]


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input(batch_shape=(BATCH, WINDOW, 1)))
    model.add(layers.LSTM(hp.Int("units", 4, 12, step=4), stateful=True))
    model.add(layers.Dropout(hp.Choice("dropout", [0.0, 0.2])))
    model.add(layers.Dense(1))
    model.compile(loss="mse", optimizer="adam")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=4, directory="stateful", overwrite=True)
tuner.search(X[:800], Y[:800], batch_size=BATCH, epochs=2, shuffle=False, validation_data=(X[800:], Y[800:]), verbose=0)
