"""HyperModel.fit trains and returns nothing."""
import numpy as np
import keras
import keras_tuner as kt


class Net(kt.HyperModel):
    def build(self, hp):
        m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
        m.compile("adam", "mse")
        return m

    def fit(self, hp, model, *args, **kwargs):
        model.fit(*args, batch_size=hp.Choice("batch", [4, 8]), **kwargs)


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = kt.RandomSearch(Net(), "val_loss", max_trials=2, directory="fn", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, verbose=0)
