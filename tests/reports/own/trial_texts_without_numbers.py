import numpy as np
import tensorflow as tf
from tensorflow import keras
import keras_tuner as kt

texts = np.array(["good film", "bad film", "so boring", "what a joy"] * 12)
sentiment = np.array([1, 0, 0, 1] * 12)

MAX_TOKENS = 100
vectorize = keras.layers.TextVectorization(max_tokens=MAX_TOKENS, output_sequence_length=6)
vectorize.adapt(texts)


class Sentiment(kt.HyperModel):
    def build(self, hp):
        inputs = keras.Input(shape=(6,), dtype="int64")
        x = keras.layers.Embedding(MAX_TOKENS, hp.Int("dim", 8, 32, step=8))(inputs)
        cell = hp.Choice("cell", ["lstm", "gru"])
        if cell == "lstm":
            x = keras.layers.Bidirectional(keras.layers.LSTM(hp.Int("rnn", 4, 16, step=4)))(x)
        else:
            x = keras.layers.Bidirectional(keras.layers.GRU(hp.Int("rnn", 4, 16, step=4)))(x)
        outputs = keras.layers.Dense(1, activation="sigmoid")(x)
        model = keras.Model(inputs, outputs)
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        return model


train = tf.data.Dataset.from_tensor_slices((texts[:32], sentiment[:32])).batch(8)
valid = tf.data.Dataset.from_tensor_slices((texts[32:], sentiment[32:])).batch(8).map(lambda t, s: (vectorize(t), s))
tuner = kt.Hyperband(Sentiment(), objective="val_accuracy", max_epochs=2, directory="out", project_name="f11", overwrite=True)
tuner.search(train, validation_data=valid, verbose=0)
