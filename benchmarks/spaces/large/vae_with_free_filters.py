import keras
from keras import layers, ops


class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        self.add_loss(-0.5 * ops.mean(log_var - ops.square(mean) - ops.exp(log_var) + 1))
        return mean + ops.exp(0.5 * log_var) * keras.random.normal(ops.shape(mean))


def build(hp):
    # kernel, padding and depth decide
    x = inputs = keras.Input((28, 28, 1))
    for i in range(hp.Int("depth", 1, 3)):
        x = layers.Conv2D(hp.Int(f"filters_{i}", 8, 128, step=8), hp.Choice("kernel", [3, 5]), strides=2, padding=hp.Choice("padding", ["same", "valid"]), activation=hp.Choice(f"activation_{i}", ["relu", "elu", "silu"]))(x)
    x = layers.Flatten()(x)
    latent = hp.Int("latent", 2, 32, step=2)
    z = Sampling()([layers.Dense(latent)(x), layers.Dense(latent)(x)])
    x = layers.Dense(7 * 7 * 16)(z)
    x = layers.Reshape((7, 7, 16))(x)
    for i in range(2):
        x = layers.Conv2DTranspose(hp.Int(f"decoder_{i}", 8, 64, step=8), 3, strides=2, padding="same", activation="relu")(x)
    model = keras.Model(inputs, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy")
    return model
