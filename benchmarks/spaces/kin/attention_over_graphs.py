import keras
from keras import layers, ops


@keras.saving.register_keras_serializable()
class GraphAttention(layers.Layer):
    def __init__(self, width, heads, concat=True, **kwargs):
        super().__init__(**kwargs)
        self.width, self.heads, self.concat = width, heads, concat

    def build(self, shapes):
        nodes, _ = shapes
        self.w = self.add_weight(shape=(nodes[-1], self.heads, self.width), name="w")
        self.a = self.add_weight(shape=(self.heads, 2 * self.width), name="a")

    def call(self, inputs):
        nodes, adjacency = inputs
        h = ops.einsum("bnf,fhw->bhnw", nodes, self.w)
        left = ops.einsum("bhnw,hw->bhn", h, self.a[:, : self.width])
        right = ops.einsum("bhnw,hw->bhn", h, self.a[:, self.width :])
        scores = ops.leaky_relu(ops.expand_dims(left, -1) + ops.expand_dims(right, -2))
        weights = ops.softmax(ops.where(ops.expand_dims(adjacency, 1) > 0, scores, -1e9))
        out = ops.transpose(ops.matmul(weights, h), (0, 2, 1, 3))
        if self.concat:
            return ops.reshape(out, (-1, nodes.shape[1], self.heads * self.width))
        return ops.mean(out, axis=2)


def build_model(hp):
    nodes = keras.Input((24, 12))
    edges = keras.Input((24, 24))
    x = nodes
    for i in range(hp.Int("depth", 1, 3)):
        y = GraphAttention(hp.Choice("width", [4, 8, 12]), hp.Int(f"heads_{i}", 1, 4), hp.Boolean("concat"))([x, edges])
        if hp.Boolean("skip"):
            y = layers.Add()([x, y])
        x = layers.LayerNormalization()(y)
    x = layers.GlobalMaxPooling1D()(x)
    x = layers.Dropout(hp.Choice("dropout", [0.0, 0.2, 0.4]))(x)
    model = keras.Model([nodes, edges], layers.Dense(3, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
