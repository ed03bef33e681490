"""The window is a hyperparameter, and fit cuts the series by it."""
import keras
import keras_tuner as kt
import numpy as np

series = np.sin(np.arange(300) / 10)

class Windowed(kt.HyperModel):
    def build(self, hp):
        window = hp.Int("window", 8, 24, 8)
        model = keras.Sequential([keras.Input((window, 1)), keras.layers.GRU(hp.Int("units", 4, 8, 4)), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    def fit(self, hp, model, data, *args, **kwargs):
        w = hp.get("window")
        x = np.stack([data[i:i + w] for i in range(len(data) - w)])[..., None]
        y = data[w:]
        cut = int(len(x) * 0.8)
        kwargs["callbacks"] = kwargs.get("callbacks", []) + [keras.callbacks.EarlyStopping(patience=1)]
        return model.fit(x[:cut], y[:cut], validation_data=(x[cut:], y[cut:]), *args, **kwargs)

tuner = kt.RandomSearch(Windowed(), objective="val_loss", max_trials=3, overwrite=True)
tuner.search(series, epochs=2)
