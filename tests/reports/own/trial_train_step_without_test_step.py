import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops

import tensorflow as tf

class Coder(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.out = layers.Dense(4)
        self.inner = layers.Dense(units)

    def call(self, inputs):
        return self.out(self.inner(inputs))

    def train_step(self, data):
        with tf.GradientTape() as tape:
            miss = tf.reduce_mean(tf.square(data - self(data)))
        self.optimizer.apply(tape.gradient(miss, self.trainable_variables), self.trainable_variables)
        return {"miss": miss}

def build_model(hp):
    model = Coder(hp.Int("units", 2, 8, step=2))
    model.compile(optimizer="adam")
    return model


x = np.random.rand(24, 4).astype("float32")
tuner = kt.RandomSearch(build_model, kt.Objective("val_miss", "min"), max_trials=3, directory="out", project_name="p", overwrite=True)
tuner.search(x, epochs=1, validation_data=(x,), verbose=0)
