import keras
from keras import layers


class LayerScale(layers.Layer):
    def __init__(self, init, dim):
        super().__init__()
        self.init, self.dim = init, dim

    def build(self, shape):
        self.gamma = self.add_weight(shape=(self.dim,), initializer=keras.initializers.Constant(self.init))

    def call(self, x):
        return x * self.gamma


def block(x, dim, kernel, expansion, scale):
    y = layers.DepthwiseConv2D(kernel, padding="same")(x)
    y = layers.LayerNormalization(epsilon=1e-6)(y)
    y = layers.Dense(expansion * dim)(y)
    y = layers.Activation("gelu")(y)
    y = layers.Dense(dim)(y)
    y = LayerScale(scale, dim)(y)
    return layers.Add()([x, y])


def build_model(hp):
    dims = [hp.Choice(f"dim_{i}", [16, 24, 32]) for i in range(3)]
    depths = [hp.Int(f"depth_{i}", 1, 2) for i in range(3)]
    inputs = keras.Input((hp.Choice("resolution", [24, 32, 48]),) * 2 + (3,))
    x = layers.Conv2D(dims[0], patch := hp.Choice("patch", [2, 4, 8]), strides=patch)(inputs)
    for stage, (dim, depth) in enumerate(zip(dims, depths)):
        if stage:
            x = layers.LayerNormalization()(x)
            x = layers.Conv2D(dim, 2, strides=2)(x)
        for _ in range(depth):
            x = block(x, dim if hp.Boolean("own_width") else dims[0], hp.Choice("kernel", [3, 7]), hp.Choice("expansion", [2, 4]), hp.Choice("scale", [1e-6, 1.0]))
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(5, activation="softmax")(x))
    model.compile("adamw", "sparse_categorical_crossentropy")
    return model
