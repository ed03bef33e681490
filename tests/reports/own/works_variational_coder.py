"""A layer that adds its own loss."""
import keras
from keras import layers, ops
import keras_tuner as kt
import numpy as np

class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed = keras.random.SeedGenerator(1)

    def call(self, inputs):
        mean, log_var = inputs
        self.add_loss(-0.5 * ops.mean(1 + log_var - ops.square(mean) - ops.exp(log_var)))
        return mean + ops.exp(0.5 * log_var) * keras.random.normal(ops.shape(mean), seed=self.seed)

def build_vae(hp):
    latent = hp.Int("latent", 2, 6, 2)
    inputs = keras.Input((16,))
    h = layers.Dense(hp.Int("h", 8, 16, 8), activation="relu")(inputs)
    z = Sampling()([layers.Dense(latent)(h), layers.Dense(latent)(h)])
    out = layers.Dense(16, activation="sigmoid")(layers.Dense(8, activation="relu")(z))
    vae = keras.Model(inputs, out)
    vae.compile(optimizer="adam", loss="binary_crossentropy")
    return vae

x = np.random.rand(64, 16)
tuner = kt.RandomSearch(build_vae, "val_loss", max_trials=2, overwrite=True)
tuner.search(x, x, validation_split=0.2, epochs=1)
tuner.get_best_models()[0].predict(x, verbose=0)
