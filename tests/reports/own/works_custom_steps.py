"""train_step and test_step of one's own."""
import numpy as np
import keras
import keras_tuner as kt
import tensorflow as tf


class Net(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.hidden, self.out = keras.layers.Dense(units, "relu"), keras.layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="miss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        return self.out(self.hidden(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            miss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        self.optimizer.apply(tape.gradient(miss, self.trainable_variables), self.trainable_variables)
        self.tracker.update_state(miss)
        return {"miss": self.tracker.result()}

    def test_step(self, data):
        x, y = data
        self.tracker.update_state(tf.reduce_mean(tf.square(y - self(x))))
        return {"miss": self.tracker.result()}


def build(hp):
    m = Net(hp.Int("units", 4, 8, 4))
    m.compile(optimizer=keras.optimizers.Adam(hp.Choice("rate", [1e-2, 1e-3])))
    return m


x, y = np.random.rand(24, 4).astype("float32"), np.random.rand(24, 1).astype("float32")
tuner = kt.RandomSearch(build, kt.Objective("val_miss", "min"), max_trials=2, directory="cs", overwrite=True)
tuner.search(x, y, validation_data=(x[:8] * 2, y[:8]), epochs=1, verbose=0)
