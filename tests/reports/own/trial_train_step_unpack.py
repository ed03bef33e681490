"""A train_step that unpacks two of three: sample weights are given."""
import numpy as np
import keras
import keras_tuner as kt
import tensorflow as tf


class Weighted(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return {"loss": loss}


def build(hp):
    inputs = keras.Input((4,))
    h = keras.layers.Dense(hp.Int("n", 4, 12, 4))(inputs)
    m = Weighted(inputs, keras.layers.Dense(1)(h))
    m.compile("adam", "mse")
    return m


x, y, w = np.random.rand(20, 4), np.random.rand(20, 1), np.ones(20)
tuner = kt.RandomSearch(build, "loss", max_trials=4, directory="ts", overwrite=True)
tuner.search(x, y, sample_weight=w, epochs=1, verbose=0)
