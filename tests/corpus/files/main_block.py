import argparse
import os
import sys

import keras
import keras_tuner as kt


def build_model(hp):
    model = keras.Sequential([keras.layers.Input((16,))])
    model.add(keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, required=True)
    args = parser.parse_args()
    os.makedirs("results", exist_ok=True)
    tuner = kt.BayesianOptimization(build_model, objective="val_loss", max_trials=args.trials, directory="results")
    tuner.search(load("x"), load("y"), epochs=5, validation_split=0.1)
    return tuner


def load(name):
    return open(os.path.join(sys.argv[1], name + ".bin")).read()


if __name__ == "__main__":
    sys.exit(main())
