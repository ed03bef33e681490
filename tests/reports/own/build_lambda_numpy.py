"""NumPy inside of a Lambda layer."""
import numpy as np
import keras
import keras_tuner as kt

x, y = np.random.rand(16, 4), np.random.rand(16, 1)


def build(hp):
    inputs = keras.Input((4,))
    scaled = keras.layers.Lambda(lambda t: np.log1p(np.asarray(t)))(inputs)
    hidden = keras.layers.Dense(hp.Int("n", 4, 8, 4))(scaled)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="l", overwrite=True)
tuner.search(x, y, validation_split=0.25, verbose=0)
