import keras
from keras import layers

MAXLEN, VOCABULARY = 80, 5000


def build(hp):
    tokens = keras.Input((MAXLEN,), dtype="int32", name="tokens")
    x = layers.Embedding(VOCABULARY, hp.Int("embedding", 16, 64, step=16), mask_zero=hp.Boolean("mask"))(tokens)
    x = layers.SpatialDropout1D(hp.Float("spatial_dropout", 0.0, 0.4, step=0.1))(x)
    recurrent = hp.Choice("recurrent", ["LSTM", "GRU"])
    for i in range(depth := hp.Int("depth", 1, 3)):
        layer = getattr(layers, recurrent)(max(8, hp.Int(f"units_{i}", 16, 64, step=16) // 2 ** i), return_sequences=(i < depth - 1) or hp.Boolean("pool"))
        x = layers.Bidirectional(layer, merge_mode=hp.Choice("merge", ["concat", "sum", "ave"]))(x)
    if hp.Boolean("pool"):
        x = layers.GlobalMaxPooling1D()(x)
    if hp.Boolean("late_attention", default=False):
        x = layers.Attention()([x, x])
    x = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(tokens, x)
    model.compile(keras.optimizers.RMSprop(hp.Choice("lr", [1e-2, 1e-3])), "binary_crossentropy", metrics=["accuracy"])
    return model
