import keras
import keras_tuner as kt
import numpy as np


def build_model(hp):
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3])), "mse", metrics=["mae"])
    return model


x, y = np.random.rand(64, 8), np.random.rand(64, 1)
tuner = kt.GridSearch(build_model, objective=kt.Objective("val_mae", "min"), max_trials=8, executions_per_trial=2, directory="out", project_name="table", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=2, verbose=0)
trials = tuner.oracle.get_best_trials(num_trials=8)
rows = [{"score": t.score, "step": t.best_step, **t.hyperparameters.values} for t in trials]
units = {row["units"]: [r["score"] for r in rows if r["units"] == row["units"]] for row in rows}
for size in (8, 16, 24, 32):
    print(size, np.mean(units[size]))
print("second best", rows[1], "worst", rows[7])
print([o.value for o in trials[0].metrics.get_history("val_mae")])
gap = trials[0].score / trials[-1].score
models = tuner.get_best_models(num_models=5)
print(gap, np.mean([m.predict(x[:4], verbose=0) for m in models], axis=0).shape)
