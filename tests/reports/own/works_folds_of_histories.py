"""HyperModel.fit trains on each fold and returns all histories: Keras Tuner takes their mean."""
import keras
import keras_tuner as kt
import numpy as np


class CrossValidated(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 16, step=4), "relu"), keras.layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    def fit(self, hp, model, x, y, folds=3, **kwargs):
        found = []
        for held in np.array_split(np.random.permutation(len(x)), folds):
            rest = np.setdiff1d(np.arange(len(x)), held)
            again = self.build(hp)
            found.append(again.fit(x[rest], y[rest], validation_data=(x[held], y[held]), **kwargs))
        return found


tuner = kt.RandomSearch(CrossValidated(), objective="val_mae", max_trials=3, directory="folds", overwrite=True)
tuner.search(np.random.rand(30, 4), np.random.rand(30, 1), epochs=1, folds=2, verbose=0)
print(tuner.get_best_hyperparameters()[0].values)
