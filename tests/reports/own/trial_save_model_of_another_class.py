"""A tuner with its own loop that returns the score, and the best model afterwards."""
import keras
import keras_tuner as kt
import numpy as np


class MyTuner(kt.Tuner):
    def run_trial(self, trial, trainX, trainY, batch_size, epochs):
        hp = trial.hyperparameters
        model = self.hypermodel.build(hp)
        history = model.fit(trainX, trainY, batch_size=batch_size, epochs=epochs, validation_split=0.2, verbose=0)
        val_mae = history.history["val_mae"][-1]
        self.oracle.update_trial(trial.trial_id, {"val_mae": val_mae})
        self.save_model(trial.trial_id, model)


def build(hp):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(hp.Int("u", 2, 8, 2)), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


tuner = MyTuner(oracle=kt.oracles.BayesianOptimizationOracle(objective=kt.Objective("val_mae", "min"), max_trials=3), hypermodel=build, directory="own", overwrite=True)
tuner.search(np.random.rand(30, 3), np.random.rand(30, 1), batch_size=8, epochs=1)
best = tuner.get_best_models()[0]
