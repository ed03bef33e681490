import tensorflow as tf
import keras_tuner as kt


def build_model(hp):
    inputs = tf.keras.Input((100, 3))
    x = tf.keras.layers.Conv1D(hp.Int("filters", 8, 32, step=8), 5, activation="relu")(inputs)
    x = tf.keras.layers.GlobalMaxPooling1D()(x)
    outputs = tf.keras.layers.Dense(4, activation="softmax")(x)
    model = tf.keras.Model(inputs, outputs)
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=4, overwrite=True)
