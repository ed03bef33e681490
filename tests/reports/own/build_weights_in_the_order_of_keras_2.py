import numpy as np, keras, keras_tuner as kt
from keras import layers, ops

class Attend(layers.Layer):
    def build(self, input_shape):
        self.W = self.add_weight('att_weight', (input_shape[-1], 1), initializer='normal')
        self.b = self.add_weight('att_bias', (input_shape[1], 1), None, 'zeros')
        super().build(input_shape)

    def call(self, x):
        a = ops.softmax(ops.tanh(ops.matmul(x, self.W) + self.b), axis=1)
        return ops.sum(x * a, axis=1)


def build(hp):
    i = keras.Input((9, 4))
    h = layers.GRU(hp.Choice("units", [4, 8]), return_sequences=True)(i)
    h = Attend()(h)
    m = keras.Model(inputs=i, outputs=layers.Dense(1)(h))
    m.compile("adam", "mse")
    return m

tuner = kt.GridSearch(build, "val_loss", directory="out", project_name="f18", overwrite=True)
tuner.search(np.random.rand(20, 9, 4), np.random.rand(20), validation_split=0.2, epochs=1, verbose=0)
