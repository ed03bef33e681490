import keras
from keras import layers


def build(hp):
    """One encoder for a question and an answer, which are of other lengths and perhaps of other widths."""
    question = keras.Input((24, 16), name="question")
    answer = keras.Input((hp.Choice("answer_length", [24, 48, 96]), hp.Choice("answer_width", [8, 16])), name="answer")
    encode = layers.Bidirectional(layers.GRU(hp.Int("units", 8, 64, step=8)))
    project = layers.Dense(hp.Int("projection", 8, 32, step=8), activation=hp.Choice("activation", ["relu", "tanh"]))
    a, b = project(encode(question)), project(encode(answer))
    x = layers.Dot(axes=1, normalize=hp.Boolean("cosine"))([a, b])
    model = keras.Model([question, answer], layers.Dense(1, activation="sigmoid")(x))
    model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "binary_crossentropy", metrics=["accuracy"])
    return model
