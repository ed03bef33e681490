import sys

import keras
import keras_tuner as kt

exec("from models." + sys.argv[-1] + " import *")


class Chosen(kt.HyperModel):
    def build(self, hp):
        model = network(hp.Int("width", 8, 32, step=8))
        model.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2, sampling="log")), "mse")
        return model
