import keras
from keras import layers, ops


class GraphConvolution(layers.Layer):
    def __init__(self, units, heads=1, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.heads = units, heads
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        features, adjacency = input_shape
        if self.units % self.heads != 0:
            raise ValueError(f"units ({self.units}) must be a multiple of heads ({self.heads})")
        self.kernel = self.add_weight(shape=(self.heads, features[-1], self.units // self.heads), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        features, adjacency = inputs
        hidden = ops.einsum("bnf,hfu->bnhu", features, self.kernel)
        hidden = ops.reshape(hidden, (-1, features.shape[1], self.units))
        return self.activation(ops.matmul(adjacency, hidden) + self.bias)


def build_model(hp):
    nodes = hp.Choice("nodes", [20, 34])
    x = keras.Input((nodes, 16))
    a = keras.Input((nodes, nodes))
    h = x
    for i in range(hp.Int("hops", 1, 3)):
        h = GraphConvolution(hp.Int(f"units_{i}", 16, 48, step=8), hp.Choice("heads", [1, 2, 3, 4]), activation="relu")([h, a])
        h = layers.Dropout(hp.Float("dropout", 0, 0.5, step=0.25))(h)
    pooled = layers.GlobalAveragePooling1D()(h)
    out = layers.Dense(2, activation="softmax")(pooled)
    model = keras.Model([x, a], out)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["acc"])
    return model
