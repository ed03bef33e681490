import functools
import gc
import time

import keras
from keras import backend as K
import keras_tuner


def timed(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        start = time.time()
        result = function(*args, **kwargs)
        print(f"{function.__name__} took {time.time() - start:.2f} s")
        return result
    return inner


def clean_session(verbose=True):
    def decorate(function):
        def inner(hp):
            K.clear_session()
            gc.collect()
            return function(hp)
        return inner
    return decorate


@timed
@clean_session(verbose=False)
def build_model(hp):
    model = keras.Sequential([keras.Input((6,))])
    for i in range(hp.Int("layers", 1, 4)):
        model.add(keras.layers.Dense(hp.Choice(f"units_{i}", [8, 16, 32]), activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="val_loss", max_trials=5, overwrite=True)
