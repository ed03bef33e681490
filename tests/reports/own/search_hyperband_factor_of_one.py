"""A Hyperband that never throws a model away."""
import keras
import keras_tuner
import numpy as np


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 64, step=4)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="adam")
    return model


def main():
    tuner = keras_tuner.Hyperband(hypermodel=build, objective="val_loss", max_epochs=4, factor=1, directory="band", overwrite=True)
    tuner.search(np.random.rand(16, 4), np.random.rand(16, 1), validation_split=0.25, verbose=0)


if __name__ == "__main__":
    main()
