"""fit sets epochs, and search passes them too."""
import numpy as np
import keras
import keras_tuner as kt


class Net(kt.HyperModel):
    def build(self, hp):
        m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
        m.compile("adam", "mse")
        return m

    def fit(self, hp, model, *args, **kwargs):
        return model.fit(*args, epochs=hp.Int("epochs", 1, 2), **kwargs)


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = kt.RandomSearch(Net(), "val_loss", max_trials=4, directory="et", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, verbose=0)
