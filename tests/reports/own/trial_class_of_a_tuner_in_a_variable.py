import keras
import keras_tuner as kt
import numpy as np

EXHAUSTIVE = False
METHODS = {"random": kt.RandomSearch, "bayesian": kt.BayesianOptimization, "grid": kt.GridSearch}


def build(hp):
    inputs = keras.Input((10, 2))
    x = keras.layers.GRU(hp.Int("units", 4, 12, 4))(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("adam", "mse", metrics=["mae"])
    return model


def tune(method, x, y):
    tuner_class = METHODS[method]
    tuner = tuner_class(build, objective="val_mean_absolute_error", max_trials=3, directory="var", project_name=method, overwrite=True)
    tuner.search(x, y, epochs=1, validation_split=0.2, verbose=0)
    return tuner.get_best_hyperparameters()[0]


print(tune("grid" if EXHAUSTIVE else "random", np.random.rand(40, 10, 2), np.random.rand(40, 1)).values)
