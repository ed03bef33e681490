"""Several tuners compared, with argparse and a main function."""
import argparse
import functools
import keras
import keras_tuner as kt
import numpy as np


def build(hp, classes, activation="relu"):
    model = keras.Sequential([keras.Input((5,))])
    for i in range(hp.Int("layers", 1, 3)):
        model.add(keras.layers.Dense(hp.Int(f"units_{i}", 8, 24, step=8), activation=activation))
        if hp.Boolean(f"norm_{i}"):
            model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Dense(classes, activation="softmax"))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main(arguments=None):
    given = argparse.ArgumentParser()
    given.add_argument("--trials", type=int, default=2)
    chosen = given.parse_args(arguments or [])
    x, y = np.random.rand(30, 5), np.random.randint(0, 3, 30)
    builder = functools.partial(build, classes=3)
    for name, make in {"random": kt.RandomSearch, "grid": kt.GridSearch}.items():
        tuner = make(builder, objective="val_accuracy", max_trials=chosen.trials, project_name=name, overwrite=True)
        tuner.search(x, y, epochs=1, validation_split=0.2, verbose=0)
        print(name, tuner.get_best_hyperparameters(1)[0].values)


if __name__ == "__main__":
    main()
