import keras
from keras import layers
import keras_tuner as kt


def build(hp):
    model = keras.Sequential()
    model.add(keras.Input(shape=(50, 12)))
    kind = hp.Choice("kind", ["cnn", "rnn", "mlp"])
    with hp.conditional_scope("kind", ["cnn"]):
        if kind == "cnn":
            for i in range(hp.Int("cnn_layers", 1, 3)):
                model.add(layers.Conv1D(hp.Int(f"cnn_filters_{i}", 16, 64, step=16), hp.Int("cnn_kernel", 3, 15, step=4), activation="relu"))
                model.add(layers.MaxPool1D(hp.Choice("cnn_pool", [2, 3])))
            model.add(layers.Flatten())
    with hp.conditional_scope("kind", ["rnn"]):
        if kind == "rnn":
            cell = hp.Choice("rnn_cell", ["lstm", "gru", "simple"])
            rnn = {"lstm": layers.LSTM, "gru": layers.GRU, "simple": layers.SimpleRNN}[cell]
            n = hp.Int("rnn_layers", 1, 2)
            for i in range(n):
                model.add(rnn(hp.Int("rnn_units", 16, 64, step=16), return_sequences=hp.Boolean("rnn_sequences")))
    with hp.conditional_scope("kind", ["mlp"]):
        if kind == "mlp":
            model.add(layers.Flatten())
            for i in range(hp.Int("mlp_layers", 1, 3)):
                model.add(layers.Dense(hp.Int(f"mlp_units_{i}", 16, 128, step=16), activation="relu"))
                if hp.Boolean(f"mlp_norm_{i}"):
                    model.add(layers.BatchNormalization())
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=kt and "adam", metrics=["accuracy"])
    return model
