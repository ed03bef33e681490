import keras
from keras import layers, ops


def grn(x, units, drop, context=None):
    h = layers.Dense(units)(x)
    if context is not None:
        h = h + layers.Dense(units, use_bias=False)(context)
    h = layers.Dense(units)(ops.elu(h))
    h = layers.Dropout(drop)(h)
    g = layers.Dense(units, activation="sigmoid")(h)
    if x.shape[-1] != units:
        x = layers.Dense(units)(x)
    return layers.LayerNormalization()(x + g * h)


def build(hp):
    steps = hp.Int("steps", 12, 48, step=12)
    known = keras.Input((steps, 3)); static = keras.Input((4,)); past = keras.Input((steps, 5))
    d, drop = hp.Choice("d_model", [16, 24, 32]), hp.Float("drop", 0.1, 0.3, step=0.1)
    s = grn(static, d, drop)
    x = layers.Concatenate()([known, past])
    x = grn(x, d, drop, context=layers.RepeatVector(steps)(s))
    for i in range(hp.Int("lstm", 1, 2)):
        x = layers.LSTM(hp.Choice(f"units_{i}", [16, 24, 32]), return_sequences=True)(x, initial_state=[s, s])
    x = layers.MultiHeadAttention(hp.Choice("heads", [2, 4]), d // 2)(x, x, use_causal_mask=True)
    x = grn(x, d, drop)
    horizon = hp.Choice("horizon", [1, 6, 12, 24])
    x = x[:, -horizon:, :]
    out = layers.TimeDistributed(layers.Dense(3))(x)
    model = keras.Model([known, static, past], out)
    model.compile("adam", "mae")
    return model
