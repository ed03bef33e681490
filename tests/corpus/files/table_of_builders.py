import keras
import keras_tuner as kt
from keras import layers


def stack(hp, cell, length):
    model = keras.Sequential([keras.Input((length, 4))])
    for _ in range(hp.Int("layers", 1, 2)):
        model.add(cell(hp.Int("units", 8, 24, step=8)))
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model


def linear(hp):
    model = keras.Sequential([keras.Input((30, 4)), layers.Flatten(), layers.Dense(hp.Int("units", 1, 4))])
    model.compile("sgd", "mse")
    return model


BUILDERS = {"linear": linear, "gru": lambda hp: stack(hp, layers.GRU, length=30)}

if __name__ == "__main__":
    for name, build in BUILDERS.items():
        tuner = kt.RandomSearch(build, "val_loss", max_trials=4, overwrite=True, project_name=name)
        tuner.search_space_summary()
