"""Folds inside of HyperModel.fit, which returns a dictionary."""
import keras
import keras_tuner as kt
import numpy as np

class KFold(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 2, 8, 2)), keras.layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    def fit(self, hp, model, x, y, **kwargs):
        kwargs.pop("validation_split", None)
        start = model.get_weights()
        scores = []
        for k in range(3):
            model.set_weights(start)
            held = np.arange(len(x)) % 3 == k
            history = model.fit(x[~held], y[~held], validation_data=(x[held], y[held]), **kwargs)
            scores.append(min(history.history["val_mae"]))
        return {"val_mae": float(np.mean(scores)), "spread": float(np.std(scores))}

x, y = np.random.rand(45, 4), np.random.rand(45)
tuner = kt.RandomSearch(KFold(), "val_mae", max_trials=2, executions_per_trial=2, overwrite=True)
tuner.search(x, y, epochs=1, verbose=0)
tuner.results_summary()
