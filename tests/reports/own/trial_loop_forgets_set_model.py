"""A training loop of one's own that calls callbacks without giving them the model."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf


class Loop(kt.HyperModel):
    def build(self, hp):
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 2, 8, step=2)), keras.layers.Dense(1)])

    def fit(self, hp, model, x, y, callbacks=(), epochs=1):
        optimizer, loss = keras.optimizers.SGD(0.01), keras.losses.MeanAbsoluteError()
        for epoch in range(epochs):
            with tf.GradientTape() as tape:
                value = loss(y, model(x))
            optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
            for each in callbacks:
                each.on_epoch_end(epoch, {"val_loss": float(value)})
        return float(value)


stop = keras.callbacks.ReduceLROnPlateau("val_loss", patience=1)
tuner = kt.RandomSearch(Loop(), "val_loss", max_trials=4, overwrite=True)
tuner.search(np.random.rand(16, 4).astype("float32"), np.random.rand(16, 1).astype("float32"), epochs=2, callbacks=[stop])
