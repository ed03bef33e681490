import tensorflow as tf
from tensorflow.keras import layers
import keras_tuner as kt


def residual(x, filters):
    shortcut = x
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.Add()([x, shortcut])
    return layers.ReLU()(x)


def build_model(hp):
    inputs = layers.Input((32, 32, 3))
    x = layers.Conv2D(hp.Choice("stem", [16, 32, 64]), 3, padding="same")(inputs)
    x = residual(x, hp.Choice("body", [16, 32, 64]))
    x = layers.GlobalAveragePooling2D()(x)
    model = tf.keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=9, overwrite=True)
