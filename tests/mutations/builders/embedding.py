import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).integers(0, 50, (24, 11))
y = (x.sum(axis=1) % 2).astype("float32")


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((11,), dtype="int32"))
    model.add(layers.Embedding(50, hp.Choice("dim", [4, 8])))
    model.add(layers.Conv1D(4, hp.Int("kernel", 2, 4), activation="relu"))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
