import numpy as np
import keras
import keras_tuner as kt


class BatchTuner(kt.BayesianOptimization):
    def run_trial(self, trial, *args, **kwargs):
        kwargs["batch_size"] = trial.hyperparameters.Int("batch_size", 32, 128, step=32)
        return super().run_trial(trial, *args, **kwargs)


class LoopTuner(kt.Tuner):
    def run_trial(self, trial, x, y):
        hp = trial.hyperparameters
        model = self.hypermodel.build(hp)
        optimizer = keras.optimizers.Adam(hp.Choice("rate", [1e-3, 1e-4]))
        model.compile(optimizer, "mse")
        history = model.fit(x, y, epochs=2, verbose=0)
        return {"loss": history.history["loss"][-1]}


def compiled(hp):
    model = keras.Sequential([keras.Input((5,))])
    model.add(keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    return model


def plain(hp):
    inputs = keras.Input((5,))
    x = keras.layers.Dense(hp.Int("units", 4, 16, step=4), activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


batches = BatchTuner(compiled, objective="val_loss", max_trials=5, overwrite=True)
loops = LoopTuner(
    oracle=kt.oracles.RandomSearchOracle(objective=kt.Objective("loss", "min"), max_trials=5),
    hypermodel=plain,
    overwrite=True,
)
loops.search(np.zeros((100, 5)), np.zeros((100, 1)))
