"""run_trial evaluates and forgets to return."""
import numpy as np
import keras
import keras_tuner as kt


class MyTuner(kt.RandomSearch):
    def run_trial(self, trial, x, y, *args, **kwargs):
        hp = trial.hyperparameters
        model = self.hypermodel.build(hp)
        model.fit(x, y, batch_size=hp.Int("batch_size", 4, 8, step=4), epochs=1, verbose=0)
        score = model.evaluate(x, y, verbose=0)
        print("score", score)


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


x, y = np.random.rand(20, 4), np.random.rand(20, 1)
MyTuner(build, objective="val_loss", max_trials=3, directory="rt", overwrite=True).search(x, y)
