import numpy as np
import tensorflow as tf
import keras
import keras_tuner as kt
from keras import layers

texts = np.array(["good movie", "bad film", "great acting", "terrible plot"] * 25)
labels = np.array([1, 0, 1, 0] * 25)
dataset = tf.data.Dataset.from_tensor_slices((texts, labels)).batch(10)


def build_model(hp):
    inputs = keras.Input(shape=(1,), dtype="string")
    vectorize = layers.TextVectorization(max_tokens=hp.Choice("vocab", [50, 100]), output_sequence_length=6)
    x = vectorize(inputs)
    x = layers.Embedding(hp.get("vocab"), hp.Int("dim", 4, 12, step=4))(x)
    x = layers.GlobalAveragePooling1D()(x)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=3, overwrite=True)
tuner.search(dataset.take(8), validation_data=dataset.skip(8), epochs=2, verbose=0)
