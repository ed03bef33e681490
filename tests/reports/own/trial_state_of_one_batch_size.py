import numpy as np
import keras
import keras_tuner as kt

steps, width = 10, 3
x = np.random.rand(64, steps, width)
y = np.random.rand(64, 1)


class Stateful(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential()
        model.add(keras.layers.Input(batch_shape=(16, steps, width)))
        model.add(keras.layers.LSTM(hp.Int("units", 4, 16, step=4), stateful=True))
        model.add(keras.layers.Dense(1))
        model.compile("adam", "mse")
        return model

    def fit(self, hp, model, *args, **kwargs):
        return model.fit(*args, batch_size=hp.Choice("batch_size", [8, 16, 32]), shuffle=False, **kwargs)


tuner = kt.GridSearch(Stateful(), objective="val_loss", max_trials=6, directory="state", overwrite=True, max_consecutive_failed_trials=10)
tuner.search(x[:32], y[:32], epochs=1, validation_data=(x[32:], y[32:]), verbose=0)
