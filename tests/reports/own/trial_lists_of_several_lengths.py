import re
import numpy as np
import keras
from keras.layers import Embedding, GlobalAveragePooling1D, Dense
import keras_tuner

reviews = ["a great film", "boring", "what a joy this was to watch", "no no no", "fine", "not my film"] * 8
stars = np.array([1, 0, 1, 0, 1, 0] * 8)
words = {w: n + 1 for n, w in enumerate(sorted({w for r in reviews for w in r.split()}))}
sequences = [[words[w] for w in re.findall(r"\w+", r)] for r in reviews]
data = np.array(sequences, dtype=object)


def get_model(hp):
    model = keras.Sequential()
    model.add(Embedding(len(words) + 1, hp.Int("dims", 4, 16, step=4)))
    model.add(GlobalAveragePooling1D())
    if hp.Boolean("hidden"):
        model.add(Dense(8, activation="relu"))
    model.add(Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


tuner = keras_tuner.GridSearch(get_model, objective="val_accuracy", directory="txt", overwrite=True)
tuner.search(data, stars, validation_split=0.25, epochs=1, verbose=0)
