import keras
import keras_tuner as kt
import numpy as np


class Regressor(kt.HyperModel):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def build(self, hp):
        model = keras.Sequential([keras.layers.Input(self.shape)])
        model.add(keras.layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"))
        model.add(keras.layers.Dense(1))
        model.compile(optimizer="adam", loss="mse")
        return model


def run(x, y):
    hypermodel = Regressor(input_shape=x.shape[1:])
    tuner = kt.RandomSearch(hypermodel, objective="val_loss", max_trials=3, directory="out", overwrite=True)
    tuner.search(x, y, epochs=1, validation_split=0.2, verbose=0)
    return tuner.get_best_models()[0]


if __name__ == "__main__":
    run(np.random.rand(60, 5), np.random.rand(60))
