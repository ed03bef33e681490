import keras
from keras import layers


class DecoderBlock(layers.Layer):
    def __init__(self, width, heads, inner, rate):
        super().__init__()
        self.self_attention = layers.MultiHeadAttention(heads, width // heads)
        self.cross_attention = layers.MultiHeadAttention(heads, width // heads)
        self.first, self.second, self.third = (layers.LayerNormalization() for _ in range(3))
        self.inner = keras.Sequential([layers.Dense(inner, activation="gelu"), layers.Dense(width)])
        self.dropout = layers.Dropout(rate)

    def call(self, x, memory):
        x = self.first(x + self.self_attention(x, x, use_causal_mask=True))
        x = self.second(x + self.cross_attention(x, memory))
        return self.third(x + self.dropout(self.inner(x)))


def build(hp):
    width = hp.Choice("width", [16, 32, 48])
    source = keras.Input((30, hp.Choice("features", [16, 32, 48])))
    target = keras.Input((12,), dtype="int32")
    memory = layers.Conv1D(width, 3, padding="same")(source) if hp.Boolean("project") else source
    x = layers.Embedding(200, width)(target)
    for _ in range(hp.Int("layers", 1, 3)):
        x = DecoderBlock(width, hp.Choice("heads", [1, 2, 3, 4]), hp.Int("inner", 16, 64, step=16), hp.Float("rate", 0.0, 0.2, step=0.1))(x, memory)
    if hp.Boolean("tie"):
        x = layers.Add()([x, layers.Dense(16)(x)])
    model = keras.Model([source, target], layers.Dense(200)(x))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
