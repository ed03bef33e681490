"""A Metric that holds a value for each place in a batch, with batches that all have as many."""
import keras
import keras_tuner as kt
import numpy as np
from keras import ops


class Spread(keras.metrics.Metric):
    def __init__(self, name="spread", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(shape=(8, 1), initializer="zeros", name="total")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(ops.abs(ops.cast(y_true, "float32") - y_pred))

    def result(self):
        return ops.mean(self.total)


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 12, step=4)), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=[Spread()])
    return model


tuner = kt.RandomSearch(build, kt.Objective("val_spread", "min"), max_trials=3, overwrite=True)
tuner.search(np.random.rand(32, 4), np.random.rand(32, 1), epochs=1, validation_split=0.25, batch_size=8, verbose=0)
