"""fit returns the history in one branch only."""
import keras
import keras_tuner as kt
import numpy as np

class M(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 4, 12, 4)), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    def fit(self, hp, model, x, y, **kwargs):
        if hp.Boolean("shuffle_first"):
            order = np.random.permutation(len(x))
            return model.fit(x[order], y[order], **kwargs)
        model.fit(x, y, **kwargs)

x, y = np.random.rand(40, 4), np.random.rand(40, 1)
tuner = kt.RandomSearch(M(), "val_loss", max_trials=4, overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1)
