"""Works: the tuner is one of a table of classes and their own options."""
import keras
import keras_tuner as kt
import numpy as np

STRATEGIES = {
    "random": (kt.RandomSearch, {"max_trials": 2, "executions_per_trial": 2}),
    "hyperband": (kt.Hyperband, {"max_epochs": 4, "factor": 3}),
}


def build(hp):
    model = keras.Sequential(
        [keras.Input((8,))]
        + [keras.layers.Dense(hp.Int(f"units_{i}", 8, 16, 8), activation="relu") for i in range(hp.Int("layers", 1, 2))]
        + [keras.layers.Dropout(hp.Float("dropout", 0.0, 0.5, step=0.25)), keras.layers.Dense(1)]
    )
    model.compile("rmsprop", "huber", metrics=["mae"])
    return model


def search(kind, x, y, **fit):
    cls, options = STRATEGIES[kind]
    tuner = cls(build, objective="val_mae", directory="table", project_name=kind, overwrite=True, **options)
    tuner.search(x, y, validation_split=0.2, verbose=0, **fit)
    return tuner


x, y = np.random.rand(50, 8), np.random.rand(50)
results = {kind: search(kind, x, y).oracle.get_best_trials(1)[0].score for kind in STRATEGIES}
winner = min(results, key=results.get)
print(winner, results[winner])
