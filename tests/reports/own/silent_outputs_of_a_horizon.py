"""Four steps ahead are forecast, the targets hold one: every output is trained towards it."""
import keras
import keras_tuner as kt
import numpy as np

HORIZON = 4
series = np.random.rand(120).astype("float32")
X = np.stack([series[i : i + 12] for i in range(100)])[..., np.newaxis]
y = series[12:112].reshape(-1, 1)


def build_model(hp):
    model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Conv1D(hp.Int("filters", 4, 8, step=2), 3, activation="relu")])
    model.add(keras.layers.GlobalMaxPooling1D())
    model.add(keras.layers.Dense(HORIZON))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory="horizon", overwrite=True)
tuner.search(X, y, epochs=1, validation_split=0.2, verbose=0)
