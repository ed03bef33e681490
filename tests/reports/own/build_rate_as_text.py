"""The rates are written as texts, as a form of a web page gives them."""
import keras
import keras_tuner as kt
import numpy as np

RATES = "0.1,0.01,0.001".split(",")


def build(hp):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 6)), keras.layers.Dense(1)])
    rate = hp.Choice("rate", RATES)
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate, momentum=0.9), loss="mse")
    return model


data = np.random.rand(20, 3)
tuner = kt.RandomSearch(build, objective="val_loss", max_trials=3, directory="rates", overwrite=True)
tuner.search(data, data.sum(axis=1), epochs=1, validation_split=0.2, verbose=0)
