"""The best model is saved whole, its layer cannot say how it was made."""
import numpy as np
import keras
import keras_tuner as kt


class Scale(keras.layers.Layer):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return self.function(x)


def build(hp):
    m = keras.Sequential([keras.Input((6,)), Scale(lambda t: t * 2), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(24, 6), np.random.rand(24, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="ls", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
best = tuner.get_best_models()[0]
best.save("best.keras")
again = keras.models.load_model("best.keras")
