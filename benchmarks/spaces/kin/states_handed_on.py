import keras
from keras import layers


def build(hp):
    past = keras.Input((30, 4))
    known = keras.Input((hp.Choice("horizon", [6, 12]), hp.Int("known", 2, 6, step=2)))
    cell = hp.Choice("cell", ["gru", "lstm"])
    kind = layers.GRU if cell == "gru" else layers.LSTM
    x = layers.Conv1D(hp.Int("filters", 8, 32, step=8), hp.Choice("kernel", [3, 7]), strides=hp.Choice("stride", [1, 2, 3]))(past)
    _, *state = kind(hp.Int("encoder", 16, 64, step=16), return_state=True)(x)
    y = kind(hp.Int("decoder", 16, 64, step=16), return_sequences=True)(known, initial_state=state)
    y = layers.Dropout(hp.Float("dropout", 0.0, 0.3, step=0.1))(y)
    model = keras.Model([past, known], layers.TimeDistributed(layers.Dense(1))(y))
    model.compile(keras.optimizers.Adam(hp.Choice("rate", [1e-2, 1e-3])), "huber")
    return model
