import numpy as np
import keras
import keras_tuner as kt
from keras import layers


class Experiment:
    out = "experiments"

    def build(self, hp):
        raise NotImplementedError

    def run(self, x, y):
        tuner = kt.RandomSearch(self.build, objective="val_loss", max_trials=3, directory=self.out, project_name="search")
        tuner.search(x, y, epochs=2, validation_split=0.2, verbose=0)
        return tuner.get_best_models()[0]


class DenseExperiment(Experiment):
    def build(self, hp):
        model = keras.Sequential([keras.Input((20, 1)), layers.Flatten()])
        model.add(layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"))
        model.add(layers.Dense(1))
        model.compile("adam", "mse")
        return model


class ConvExperiment(Experiment):
    def build(self, hp):
        model = keras.Sequential([keras.Input((20, 1))])
        model.add(layers.Conv1D(hp.Int("filters", 8, 32, step=8), hp.Choice("kernel", [3, 5])))
        model.add(layers.GlobalMaxPooling1D())
        model.add(layers.Dense(1))
        model.compile("adam", "mse")
        return model


x, y = np.random.rand(60, 20, 1), np.random.rand(60)
for kind in (DenseExperiment, ConvExperiment):
    best = kind().run(x, y)
    best.summary()
