from tensorflow import keras
import keras_tuner as kt

from . import config
from .blocks import conv_stack, head


def build_model(hp):
    inputs = keras.Input(config.SEQUENCE)
    x = conv_stack(hp, inputs, hp.Int("depth", 1, 3))
    model = keras.Model(inputs, head(x, len(config.CLASSES)))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def search(x, y):
    tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=8, overwrite=True)
    tuner.search(x, y, validation_split=0.2)
    return tuner
