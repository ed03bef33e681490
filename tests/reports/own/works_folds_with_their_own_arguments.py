import numpy as np
import keras
import keras_tuner as kt
from keras import layers


class FoldTuner(kt.BayesianOptimization):
    """Mean over folds; a model of the last fold is kept under the trial's name."""

    def __init__(self, *args, folds=3, **kwargs):
        self.folds = folds
        super().__init__(*args, **kwargs)

    def run_trial(self, trial, x, y, *, epochs, batch_sizes=(8, 16)):
        hp = trial.hyperparameters
        batch = hp.Choice("batch", list(batch_sizes))
        order = np.random.default_rng(0).permutation(len(x))
        losses, maes = [], []
        for fold in np.array_split(order, self.folds):
            rest = np.setdiff1d(order, fold)
            model = self.hypermodel.build(hp)
            model.fit(x[rest], y[rest], batch_size=batch, epochs=epochs, verbose=0)
            loss, mae = model.evaluate(x[fold], y[fold], verbose=0)
            losses.append(loss)
            maes.append(mae)
        model.save_weights(self._get_checkpoint_fname(trial.trial_id))
        return {"cv_loss": float(np.mean(losses)), "cv_mae": float(np.mean(maes)), "spread": float(np.std(losses))}


def build(hp):
    model = keras.Sequential([keras.Input((5,))])
    model.add(layers.Dense(hp.Int("units", 4, 16, 4), activation="relu"))
    if hp.Boolean("norm"):
        model.add(layers.BatchNormalization())
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    return model


x, y = np.random.rand(61, 5), np.random.rand(61)
tuner = FoldTuner(build, kt.Objective("cv_loss", "min"), max_trials=3, folds=4, overwrite=True)
tuner.search(x, y, epochs=1)
best = tuner.get_best_models()[0]
print(tuner.oracle.get_best_trials()[0].metrics.get_best_value("spread"), best.count_params())
