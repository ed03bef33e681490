import keras
import keras_tuner as kt
import numpy as np


class Experiment:
    def __init__(self, x, y, trials=2):
        self.x, self.y, self.trials = x, y, trials
        self.tuner = None
        self.best = None

    def build(self, hp):
        model = keras.Sequential()
        model.add(keras.Input(self.x.shape[1:]))
        model.add(keras.layers.Dense(hp.Int("neurons", 4, 16, 4), activation="relu"))
        model.add(keras.layers.Dense(1))
        model.compile(keras.optimizers.Adam(hp.Choice("lr", [0.01, 0.001])), "mse")
        return model

    def search(self):
        self.tuner = kt.RandomSearch(self.build, "val_loss", max_trials=self.trials, directory="exp", overwrite=True)
        self.tuner.search(self.x, self.y, epochs=1, validation_split=0.2, verbose=0)
        self.best = self.tuner.get_best_hyperparameters()[0]

    def report(self):
        print("neurons:", self.best.get("neurons"))
        print("learning rate:", self.best.get("learning_rate"))

    def final(self):
        return self.tuner.hypermodel.build(self.best)


experiment = Experiment(np.random.rand(40, 6), np.random.rand(40))
experiment.search()
experiment.report()
experiment.final().summary()
