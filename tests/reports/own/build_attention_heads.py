"""A subclassed encoder in which width and heads must divide."""
import numpy as np
import keras
from keras import layers
import keras_tuner as kt


class Heads(layers.Layer):
    def __init__(self, width, heads):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} cannot be cut into {heads} heads")
        self.attend = layers.MultiHeadAttention(heads, width // heads)

    def call(self, x):
        return x + self.attend(x, x)


def build(hp):
    inputs = keras.Input((6, 8))
    x = layers.Dense(width := hp.Choice("width", [8, 12, 16]))(inputs)
    x = Heads(width, hp.Choice("heads", [1, 2, 3, 4]))(x)
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


x, y = np.random.rand(12, 6, 8), np.random.rand(12, 1)
tuner = kt.RandomSearch(build, "val_loss", max_trials=5, seed=3, directory="h", overwrite=True)
tuner.search(x, y, validation_split=0.25, verbose=0)
print([(t.status, t.hyperparameters.values) for t in tuner.oracle.trials.values()])
