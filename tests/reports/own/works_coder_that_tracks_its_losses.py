"""A variational autoencoder with steps and trackers of its own."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf
from keras import layers, ops


class Coder(keras.Model):
    def __init__(self, latent, width, **kwargs):
        super().__init__(**kwargs)
        self.encode = keras.Sequential([layers.Dense(width, activation="relu"), layers.Dense(2 * latent)])
        self.decode = keras.Sequential([layers.Dense(width, activation="relu"), layers.Dense(12, activation="sigmoid")])
        self.total = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.total]

    def _loss(self, x):
        mean, spread = ops.split(self.encode(x), 2, axis=-1)
        drawn = mean + ops.exp(0.5 * spread) * keras.random.normal(ops.shape(mean))
        divergence = -0.5 * ops.mean(1 + spread - ops.square(mean) - ops.exp(spread))
        return ops.mean(keras.losses.binary_crossentropy(x, self.decode(drawn))) + divergence

    def train_step(self, x):
        with tf.GradientTape() as tape:
            loss = self._loss(x)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        self.total.update_state(loss)
        return {"loss": self.total.result()}

    def test_step(self, x):
        self.total.update_state(self._loss(x[0] if isinstance(x, tuple) else x))
        return {"loss": self.total.result()}


def build(hp):
    model = Coder(hp.Int("latent", 1, 3), hp.Choice("width", [8, 16]))
    model.compile(optimizer=keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2, sampling="log")))
    return model


x = np.random.rand(32, 12).astype("float32")
tuner = kt.RandomSearch(build, kt.Objective("val_loss", "min"), max_trials=3, directory="coder", overwrite=True)
tuner.search(x, validation_data=(x[:8],), epochs=1, verbose=0)
