import numpy as np
import keras
from keras import layers
import keras_tuner as kt


def windows(series, size):
    xs, ys = [], []
    for i in range(len(series) - size):
        xs.append(series[i:i + size])
        ys.append(series[i + size])
    return np.array(xs), np.array(ys)


series = np.sin(np.linspace(0, 60, 1500))
X, Y = windows(series, 30)
split = int(0.8 * len(X))


def lstm(hp):
    model = keras.Sequential()
    model.add(layers.LSTM(hp.Int("u1", 16, 64, 16), return_sequences=hp.Boolean("seq"), input_shape=(X.shape[1], 1)))
    if hp.get("seq"):
        model.add(layers.LSTM(hp.Int("u2", 16, 64, 16)))
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    return model


tuner = kt.RandomSearch(lstm, objective="val_mae", max_trials=4, directory="l")
tuner.search(X[:split], Y[:split], epochs=2, validation_data=(X[split:], Y[split:]))
best = tuner.get_best_models()[0]
print(best.evaluate(X[split:], Y[split:]))
