import numpy as np
import tensorflow as tf
from tensorflow import keras
import keras_tuner as kt

features = np.random.rand(60, 12).astype("float32")
target = np.random.randint(0, 2, (60,))


def model_builder(hp):
    net = keras.Sequential()
    net.add(keras.layers.Dense(hp.Int("first", 8, 32, step=8), activation="relu", input_shape=(12,)))
    net.add(keras.layers.Dense(1, activation="sigmoid"))
    opt = hp.Choice("opt", ["adam", "rmsprop"])
    opt.learning_rate = hp.Choice("lr", [1e-2, 1e-3])
    net.compile(optimizer=opt, loss="binary_crossentropy", metrics=["accuracy"])
    return net


tuner = kt.RandomSearch(model_builder, objective="val_accuracy", max_trials=4, directory="runs", project_name="texts")
tuner.search(features, target, epochs=2, validation_split=0.2)
