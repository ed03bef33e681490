import keras
from keras.layers import TextVectorization, Embedding, LSTM, GRU, Bidirectional, Dense, Input, GlobalMaxPool1D, SpatialDropout1D, Conv1D
vocab, maxlen = 5000, 120


class MyHyperModel(__import__("keras_tuner").HyperModel):
    def __init__(self, classes):
        self.classes = classes

    def build(self, hp):
        i = Input(shape=(maxlen,))
        x = Embedding(vocab, hp.Int("emb", 16, 128, 16), mask_zero=hp.Boolean("mask"))(i)
        x = SpatialDropout1D(hp.Float("sd", 0.0, 0.5, 0.1))(x)
        kind = hp.Choice("kind", ["lstm", "gru", "cnn", "bi"])
        with hp.conditional_scope("kind", ["lstm", "gru", "bi"]):
            if kind in ("lstm", "gru", "bi"):
                units = hp.Int("units", 8, 64, 8)
        if kind == "lstm":
            x = LSTM(units, return_sequences=hp.Boolean("seq"))(x)
        elif kind == "gru":
            x = GRU(units, return_sequences=hp.Boolean("seq"))(x)
        elif kind == "bi":
            x = Bidirectional(LSTM(units, return_sequences=True), merge_mode=hp.Choice("merge", ["concat", "sum", "ave"]))(x)
        else:
            for j in range(hp.Int("convs", 1, 4)):
                x = Conv1D(hp.Int(f"cf{j}", 16, 64, 16), hp.Choice("ck", [3, 5, 7]), strides=hp.Choice("cs", [1, 2, 4]), activation="relu")(x)
        x = GlobalMaxPool1D()(x)
        x = Dense(hp.Int("d", 16, 64, 16), activation=hp.Choice("a", ["relu", "tanh"]))(x)
        out = Dense(self.classes, activation="softmax")(x)
        m = keras.Model(i, out)
        m.compile(loss="sparse_categorical_crossentropy", optimizer=hp.Choice("opt", ["adam", "rmsprop"]), metrics=["acc"])
        return m


import keras_tuner
tuner = keras_tuner.Hyperband(MyHyperModel(4), objective="val_acc", max_epochs=5, overwrite=True)
