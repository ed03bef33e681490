import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((12, 5))
    x = inputs
    cell = hp.Choice("cell", ["lstm", "gru", "simple"])
    made = {"lstm": layers.LSTM, "gru": layers.GRU, "simple": layers.SimpleRNN}[cell]
    count = hp.Int("count", 1, 4)
    for i in range(count):
        last = i == count - 1
        x = layers.Bidirectional(made(8, return_sequences=not last or hp.Boolean("sequences")), merge_mode=hp.Choice("merge", ["concat", "sum"]))(x)
    if hp.Boolean("conv"):
        x = layers.Conv1D(8, 3)(x)  # fails when conv and not sequences
        x = layers.GlobalMaxPooling1D()(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
