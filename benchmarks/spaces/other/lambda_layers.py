import keras
from keras import layers
import tensorflow as tf


def build(hp):
    scale = hp.Float("scale", 0.5, 2.0, step=0.5)
    steps = hp.Int("steps", 4, 24, step=4)
    inputs = keras.Input((48, 5))
    x = layers.Lambda(lambda t: t[:, -steps:, :])(inputs)
    x = layers.Lambda(lambda t: t * scale, name="scaled")(x)
    if hp.Boolean("difference"):
        x = layers.Lambda(lambda t: t[:, 1:] - t[:, :-1])(x)
    for i in range(hp.Int("convolutions", 0, 3)):
        x = layers.Conv1D(hp.Choice(f"filters_{i}", [8, 16, 32]), hp.Choice("width", [2, 3, 5]), activation="relu")(x)
    mean = layers.Lambda(lambda t: tf.reduce_mean(t, axis=1))(x)
    peak = layers.Lambda(lambda t: tf.reduce_max(t, axis=1))(x)
    x = layers.Concatenate()([mean, peak])
    x = layers.Dense(hp.Int("units", 8, 64, step=8), activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(loss="huber", optimizer="adam")
    return model
