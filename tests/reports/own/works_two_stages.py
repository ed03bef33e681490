"""What a first search found is fixed in a second one."""
import keras
import keras_tuner as kt
import numpy as np

x, y = np.random.rand(48, 5), np.random.rand(48, 1)

def build_model(hp):
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("units", 4, 16, 4), activation="relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-1, sampling="log")), "mse")
    return model

first = kt.RandomSearch(build_model, "val_loss", max_trials=2, directory="two", project_name="coarse", overwrite=True)
first.search(x, y, validation_split=0.25, epochs=1, verbose=0)
best = first.get_best_hyperparameters(1)[0]

fixed = kt.HyperParameters()
fixed.Fixed("units", value=best.get("units"))
second = kt.BayesianOptimization(build_model, "val_loss", max_trials=3, hyperparameters=fixed, tune_new_entries=True, directory="two", project_name="fine", overwrite=True)
second.search(x, y, validation_split=0.25, epochs=1, verbose=0)
print(second.get_best_hyperparameters()[0].values)
