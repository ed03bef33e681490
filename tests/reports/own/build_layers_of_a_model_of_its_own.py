import numpy as np
from tensorflow import keras
import keras_tuner as kt


class MLP(keras.Model):
    def __init__(self, widths, n_out):
        super().__init__()
        self.layers = [keras.layers.Dense(w, activation="relu") for w in widths]
        self.head = keras.layers.Dense(n_out)

    def call(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


class Regression(kt.HyperModel):
    def __init__(self, n_out):
        self.n_out = n_out

    def build(self, hp):
        depth = hp.Int("depth", 1, 4)
        model = MLP([hp.Int(f"w{i}", 8, 64, step=8) for i in range(depth)], self.n_out)
        model.compile("adam", loss="mse", metrics=["mae"])
        return model


tuner = kt.Hyperband(Regression(2), objective="val_mae", max_epochs=4, directory="mlp", overwrite=True)
tuner.search(np.random.rand(64, 9), np.random.rand(64, 2), validation_split=0.25, verbose=0)
