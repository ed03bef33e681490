import keras
from keras import layers, ops


class Maxout(layers.Layer):
    def __init__(self, pieces, **kwargs):
        super().__init__(**kwargs)
        self.pieces = pieces

    def call(self, x):
        if x.shape[-1] % self.pieces:
            raise ValueError(f"{x.shape[-1]} features in groups of {self.pieces}")
        return ops.max(ops.reshape(x, (-1, x.shape[-1] // self.pieces, self.pieces)), axis=-1)


def build(hp):
    # width and pieces decide
    inputs = x = keras.Input((40,))
    for i in range(3):
        x = layers.Dense(hp.Int(f"units_{i}", 16, 128, step=16), activation=hp.Choice(f"activation_{i}", ["relu", "tanh", "gelu"]))(x)
        x = layers.Dense(hp.Choice("width", [24, 32, 36, 60]))(x)
        x = Maxout(hp.Choice("pieces", [2, 3, 4, 5]))(x)
        x = layers.Dropout(hp.Float(f"dropout_{i}", 0.0, 0.5, step=0.1))(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3])), "mse")
    return model
