import keras
import keras_tuner as kt
from keras import layers
from retired_helpers import replicate

SPREAD = False


def squeeze(features):
    width = features.shape.as_list()[-1]
    return layers.Dense(width // 4)(features)


def build(hp):
    seen = keras.Input((24, 12))
    x = layers.GRU(hp.Choice("units", [32, 64]))(seen)
    model = keras.Model(seen, layers.Dense(1)(squeeze(x)))
    if SPREAD:
        model = replicate(model)
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build, objective="loss", max_trials=2, overwrite=True)
