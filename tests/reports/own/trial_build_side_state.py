"""The hypermodel keeps its layers on self and trains them again."""
import numpy as np
import keras
import keras_tuner as kt


class Kept(kt.HyperModel):
    def __init__(self):
        super().__init__()
        self.optimizer = keras.optimizers.Adam(1e-3)

    def build(self, hp):
        m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("n", 4, 16, 4)), keras.layers.Dense(1)])
        m.compile(optimizer=self.optimizer, loss="mse")
        return m


x, y = np.random.rand(24, 5), np.random.rand(24, 1)
tuner = kt.RandomSearch(Kept(), "val_loss", max_trials=5, directory="ks", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
