"""run_trial returns another name than the objective's."""
import numpy as np
import keras
import keras_tuner as kt


class Folds(kt.BayesianOptimization):
    def run_trial(self, trial, x, y):
        losses = []
        for fold in np.array_split(np.arange(len(x)), 2):
            model = self.hypermodel.build(trial.hyperparameters)
            rest = np.setdiff1d(np.arange(len(x)), fold)
            model.fit(x[rest], y[rest], verbose=0)
            losses.append(model.evaluate(x[fold], y[fold], verbose=0))
        return {"cv_loss": float(np.mean(losses))}


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
tuner = Folds(build, objective=kt.Objective("val_loss", "min"), max_trials=3, directory="ro", overwrite=True)
tuner.search(x, y)
