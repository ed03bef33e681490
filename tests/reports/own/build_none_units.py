"""A unit count under a scope is used outside of it."""
import numpy as np
import keras
import keras_tuner as kt

x_train = np.random.rand(20, 6)
y_train = np.random.rand(20)


def build(hp):
    model = keras.Sequential([keras.layers.Input((6,))])
    kind = hp.Choice("kind", ["plain", "deep"])
    with hp.conditional_scope("kind", ["deep"]):
        extra = hp.Int("extra", 4, 8, step=4)
    model.add(keras.layers.Dense(8))
    model.add(keras.layers.Dense(extra))
    model.add(keras.layers.Dense(1))
    model.compile(loss="mae", optimizer="adam")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, directory="none", overwrite=True)
tuner.search(x_train, y_train, validation_split=0.2, verbose=0)
