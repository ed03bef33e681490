"""A decorator, a partial and a custom metric class with get_config."""
import functools

import numpy as np
import keras
import keras_tuner as kt


def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        print("building")
        return function(*args, **kwargs)

    return inner


@keras.saving.register_keras_serializable()
class Bias(keras.metrics.Metric):
    def __init__(self, name="bias", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(keras.ops.sum(y_pred - keras.ops.cast(y_true, "float32")))
        self.count.assign_add(1.0)

    def result(self):
        return self.total / self.count


@logged
def build(hp, width):
    m = keras.Sequential([keras.Input((width,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse", metrics=[Bias()])
    return m


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = kt.RandomSearch(functools.partial(build, width=4), kt.Objective("val_bias", "min"), max_trials=2, directory="mw", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1, verbose=0)
