import keras
from keras import layers, ops


class Attention(layers.Layer):
    def __init__(self, heads, dim, **kwargs):
        super().__init__(**kwargs)
        if dim % heads:
            raise ValueError(f"{dim} is not a multiple of {heads}")
        self.heads, self.dim = heads, dim
        self.qkv = layers.Dense(3 * dim)
        self.out = layers.Dense(dim)

    def call(self, x):
        n = x.shape[1]
        q, k, v = ops.split(self.qkv(x), 3, axis=-1)
        def part(t):
            return ops.transpose(ops.reshape(t, (-1, n, self.heads, self.dim // self.heads)), (0, 2, 1, 3))
        q, k, v = part(q), part(k), part(v)
        a = ops.softmax(ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / (self.dim // self.heads) ** 0.5)
        o = ops.transpose(ops.matmul(a, v), (0, 2, 1, 3))
        return self.out(ops.reshape(o, (-1, n, self.dim)))

    def get_config(self):
        return {**super().get_config(), "heads": self.heads, "dim": self.dim}


def build(hp):
    dim = hp.Int("dim", 16, 96, step=16)
    x = inputs = keras.Input((20, 12))
    x = layers.Dense(dim)(x)
    for i in range(hp.Int("blocks", 1, 4)):
        a = Attention(hp.Choice("heads", [2, 3, 4, 6, 8]), dim)(layers.LayerNormalization()(x))
        x = layers.Add()([x, a])
        f = layers.Dense(dim * hp.Choice("mult", [1, 2, 4]), activation=hp.Choice("act", ["relu", "gelu"]))(x)
        x = x + layers.Dense(hp.Choice("last", [16, 32, 48, 64]) if hp.Boolean("odd") else dim)(f)
    model = keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))
    model.compile(keras.optimizers.AdamW(hp.Float("lr", 1e-5, 1e-2, sampling="log")), "mse", metrics=["mae"])
    return model
