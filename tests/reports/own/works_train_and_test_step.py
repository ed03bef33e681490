import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops

class Own(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.inner, self.out = layers.Dense(units), layers.Dense(1)

    def call(self, inputs):
        return self.out(self.inner(inputs))

    def test_step(self, data):
        return super().test_step(data)

def build_model(hp):
    model = Own(hp.Int("units", 2, 8, step=2))
    model.compile("adam", loss="mse")
    return model


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory="out", project_name="p", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
