import tensorflow as tf
import tensorflow_hub as hub
import keras_tuner as kt

ENCODER = "https://tfhub.dev/google/nnlm-en-dim50/2"


def build_model(hp):
    model = tf.keras.Sequential()
    model.add(hub.KerasLayer(ENCODER, input_shape=[], dtype=tf.string, trainable=hp.Boolean("trainable")))
    model.add(tf.keras.layers.Dense(hp.Int("units", 16, 64, step=16), activation="relu"))
    model.add(tf.keras.layers.Dense(1))
    model.compile("adam", tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=4, overwrite=True)
