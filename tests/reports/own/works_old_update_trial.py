"""The run_trial of Keras Tuner 1.0: reports to the oracle itself and returns nothing."""
import keras
import keras_tuner as kt
import numpy as np


class CVTuner(kt.Tuner):
    def run_trial(self, trial, x, y, batch_size=8, epochs=1):
        losses = []
        for part in range(2):
            held = np.arange(len(x)) % 2 == part
            model = self.hypermodel.build(trial.hyperparameters)
            model.fit(x[~held], y[~held], batch_size=batch_size, epochs=epochs, verbose=0)
            losses.append(model.evaluate(x[held], y[held], verbose=0))
        self.oracle.update_trial(trial.trial_id, {"val_loss": np.mean(losses)})


def build_model(hp):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(hp.Int("units", 2, 8, step=2), activation="tanh"), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    return model


tuner = CVTuner(hypermodel=build_model, oracle=kt.oracles.RandomSearchOracle(objective="val_loss", max_trials=3), directory="cv", overwrite=True)
tuner.search(np.random.rand(20, 3), np.random.rand(20, 1), batch_size=5, epochs=1)
print(tuner.get_best_hyperparameters()[0].values)
