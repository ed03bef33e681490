"""Cross-validation in run_trial, the score is returned."""
import numpy as np
import keras
import keras_tuner as kt


class Folds(kt.RandomSearch):
    def run_trial(self, trial, x, y, epochs=1):
        hp = trial.hyperparameters
        losses = []
        for fold in np.array_split(np.arange(len(x)), 3):
            rest = np.setdiff1d(np.arange(len(x)), fold)
            model = self.hypermodel.build(hp)
            model.fit(x[rest], y[rest], epochs=epochs, batch_size=hp.Choice("batch", [4, 8]), verbose=0)
            losses.append(model.evaluate(x[fold], y[fold], verbose=0))
        return float(np.mean(losses))


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = Folds(build, max_trials=3, directory="rf", overwrite=True)
tuner.search(x, y, epochs=1)
print(tuner.get_best_hyperparameters()[0].values)
