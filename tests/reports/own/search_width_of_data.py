"""Input of 6 columns; the frame brings 5."""
import numpy as np
import keras
import keras_tuner as kt


def load(n=30):
    table = np.random.rand(n, 6).astype("float32")
    return table[:, :-1], table[:, -1]


def build(hp):
    m = keras.Sequential([keras.Input(shape=(6,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


if __name__ == "__main__":
    X, y = load()
    X_train, X_val, y_train, y_val = X[:20], X[20:], y[:20], y[20:]
    tuner = kt.BayesianOptimization(build, objective="val_loss", max_trials=3, directory="w", overwrite=True)
    tuner.search(X_train, y_train, validation_data=(X_val, y_val), epochs=1, verbose=0)
