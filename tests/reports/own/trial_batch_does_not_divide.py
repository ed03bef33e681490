"""A stateful LSTM wants one batch size; fit tunes it."""
import numpy as np
import keras
import keras_tuner as kt


class Stateful(kt.HyperModel):
    def build(self, hp):
        m = keras.Sequential([keras.Input(batch_shape=(8, 5, 2)), keras.layers.LSTM(hp.Int("n", 2, 4, 2), stateful=True), keras.layers.Dense(1)])
        m.compile("adam", "mse")
        return m

    def fit(self, hp, model, x, y, **kwargs):
        return model.fit(x, y, batch_size=hp.Choice("batch", [8, 16]), shuffle=False, **kwargs)


x, y = np.random.rand(32, 5, 2), np.random.rand(32, 1)
tuner = kt.GridSearch(Stateful(), "loss", directory="sf", overwrite=True)
tuner.search(x, y, epochs=1, verbose=0)
print([(t.status, t.hyperparameters.values) for t in tuner.oracle.trials.values()])
