import keras
from keras import layers, ops


class TokenAndPosition(layers.Layer):
    def __init__(self, maxlen, vocab, dim):
        super().__init__()
        self.token = layers.Embedding(vocab, dim)
        self.position = layers.Embedding(maxlen, dim)

    def call(self, x):
        positions = ops.arange(0, ops.shape(x)[-1], 1)
        return self.token(x) + self.position(positions)


class DecoderBlock(layers.Layer):
    def __init__(self, dim, heads, ff, rate=0.1):
        super().__init__()
        if dim % heads:
            raise ValueError(f"embedding dimension {dim} should be divisible by number of heads = {heads}")
        self.att = layers.MultiHeadAttention(heads, dim // heads)
        self.ffn = keras.Sequential([layers.Dense(ff, activation="relu"), layers.Dense(dim)])
        self.norm1, self.norm2 = layers.LayerNormalization(epsilon=1e-6), layers.LayerNormalization(epsilon=1e-6)
        self.drop1, self.drop2 = layers.Dropout(rate), layers.Dropout(rate)

    def call(self, x):
        out1 = self.norm1(x + self.drop1(self.att(x, x, use_causal_mask=True)))
        return self.norm2(out1 + self.drop2(self.ffn(out1)))


def build_model(hp):
    maxlen, vocab = 40, 1000
    dim = hp.Int("embed_dim", 32, 96, step=16)
    inputs = layers.Input(shape=(maxlen,), dtype="int32")
    x = TokenAndPosition(maxlen, vocab, dim)(inputs)
    for _ in range(hp.Int("num_blocks", 1, 3)):
        x = DecoderBlock(dim, hp.Choice("num_heads", [1, 2, 3, 5, 6]), hp.Int("ff_dim", 32, 128, step=32), hp.Float("rate", 0.0, 0.3, step=0.1))(x)
    outputs = layers.Dense(vocab)(x)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
