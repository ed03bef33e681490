"""hp.Float where a number of units belongs."""
import numpy as np
import keras
import keras_tuner as kt


def model_builder(hp):
    model = keras.Sequential()
    model.add(keras.layers.Input((4,)))
    model.add(keras.layers.Dense(hp.Float("units", 8, 32, step=8)))
    model.add(keras.layers.Dense(2, activation="softmax"))
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", ["accuracy"])
    return model


def main():
    rng = np.random.default_rng(0)
    x, y = rng.random((20, 4)), rng.integers(0, 2, 20)
    tuner = kt.BayesianOptimization(model_builder, "val_accuracy", max_trials=3, directory="f", overwrite=True)
    tuner.search(x, y, validation_data=(x, y), verbose=0)


main()
