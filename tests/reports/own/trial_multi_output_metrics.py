"""Two outputs in a dictionary, one list of metrics for both."""
import numpy as np
import keras
import keras_tuner as kt

x = np.random.rand(24, 6)
y = {"age": np.random.rand(24, 1), "sex": np.random.randint(0, 2, (24, 1))}


def build(hp):
    i = keras.Input((6,))
    h = keras.layers.Dense(hp.Int("n", 4, 8, 4), "relu")(i)
    m = keras.Model(i, {"age": keras.layers.Dense(1, name="age")(h), "sex": keras.layers.Dense(1, "sigmoid", name="sex")(h)})
    m.compile("adam", loss={"age": "mse", "sex": "binary_crossentropy"}, metrics=["accuracy"])
    return m


tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="mo", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
