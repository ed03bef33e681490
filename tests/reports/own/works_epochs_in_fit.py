"""epochs and batch size are tuned in fit, not given to search."""
import numpy as np
import keras
import keras_tuner as kt


class Net(kt.HyperModel):
    def build(self, hp):
        m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(1)])
        m.compile("adam", "mse")
        return m

    def fit(self, hp, model, *args, **kwargs):
        return model.fit(*args, epochs=hp.Int("epochs", 1, 3), batch_size=hp.Choice("batch", [4, 8, 16]), **kwargs)


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = kt.RandomSearch(Net(), "val_loss", max_trials=5, seed=3, directory="ef", overwrite=True)
tuner.search(x, y, validation_split=0.25, verbose=0)
print(len(tuner.oracle.trials))
