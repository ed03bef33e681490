import os
from pathlib import Path

import keras
import keras_tuner as kt
import pandas as pd
from keras.layers import Dense


class Table:
    def __init__(self):
        self.folder = Path("/scratch/nobody/tables")
        self.rows = self.read()

    def read(self):
        os.chdir(self.folder)
        return pd.read_csv("train.csv")


def width(table):
    return pd.DataFrame(table.rows).shape[1]


def build(hp):
    table = Table()
    with open("/nowhere/names.txt") as names:
        names.read()
    model = keras.Sequential()
    model.add(Dense(hp.Int("units", 16, 64, step=16), activation=hp.Choice("act", ["relu", "tanh"]), input_shape=(width(table),)))
    model.add(Dense(width(table), activation="sigmoid"))
    model.compile("sgd", "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=4, overwrite=True)
tuner.search(Table().rows, Table().rows, validation_split=0.2)
