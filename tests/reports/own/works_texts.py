"""Texts that a layer, adapted before the search, cuts into words."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

texts = np.array(["the film was fine", "a bad film", "fine fine fine", "what a waste of time"] * 6)
labels = np.array([1, 0, 1, 0] * 6)
vectorize = keras.layers.TextVectorization(max_tokens=30, output_sequence_length=6)
vectorize.adapt(texts)
data = tf.data.Dataset.from_tensor_slices((texts, labels)).batch(8).map(lambda text, label: (vectorize(text), label))


def build_model(hp):
    model = keras.Sequential([keras.Input((6,), dtype="int64"), keras.layers.Embedding(vectorize.vocabulary_size(), hp.Choice("width", [4, 8]))])
    model.add(keras.layers.GlobalAveragePooling1D())
    model.add(keras.layers.Dense(hp.Int("units", 4, 8, step=4), activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=3, directory="texts", overwrite=True)
tuner.search(data.skip(1), validation_data=data.take(1), epochs=1, verbose=0)
