import keras
from keras import layers, ops
import keras_tuner as kt


class GroupedDense(layers.Layer):
    def __init__(self, units, groups):
        super().__init__()
        self.units, self.groups = units, groups

    def build(self, input_shape):
        if input_shape[-1] % self.groups or self.units % self.groups:
            raise ValueError(f"{input_shape[-1]} inputs and {self.units} units do not split into {self.groups}")  # fails when hidden % groups != 0 or units % groups != 0
        self.kernel = self.add_weight(shape=(self.groups, input_shape[-1] // self.groups, self.units // self.groups))

    def call(self, x):
        x = ops.reshape(x, (-1, self.groups, x.shape[-1] // self.groups))
        return ops.reshape(ops.einsum("bgi,gio->bgo", x, self.kernel), (-1, self.units))


def build_model(hp):
    inputs = keras.Input((12,))
    groups = hp.Choice("groups", [1, 2, 4, 8])
    x = layers.Dense(hp.Int("hidden", 4, 40, step=4), activation="relu")(inputs)
    x = GroupedDense(hp.Int("units", 4, 24, step=4), groups)(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
