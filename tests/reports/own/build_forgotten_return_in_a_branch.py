import numpy as np
import keras
from keras import layers
import keras_tuner as kt

STRATEGY = ["plain", "residual"]


class Net(kt.HyperModel):
    def __init__(self, n_in, name=None, tunable=True):
        super().__init__(name=name, tunable=tunable)
        self.n_in = n_in

    def build(self, hp):
        inputs = layers.Input((self.n_in,))
        h = layers.Dense(16, activation="relu")(inputs)
        if hp.Choice("kind", STRATEGY) == "residual":
            for _ in range(hp.Int("blocks", 1, 3)):
                h = layers.add([h, layers.Dense(16, activation="relu")(h)])
            out = layers.Dense(1)(h)
            net = keras.Model(inputs, out)
            net.compile("adam", loss="mse")
        else:
            out = layers.Dense(1)(h)
            net = keras.Model(inputs, out)
            net.compile("adam", loss="mae")
            return net


tuner = kt.RandomSearch(Net(4), "val_loss", max_trials=4, seed=2, directory="out", project_name="g01", overwrite=True)
tuner.search(np.random.rand(40, 4), np.random.rand(40), validation_split=0.2, epochs=1, verbose=0)
