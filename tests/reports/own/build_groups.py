"""Grouped convolutions whose channels do not divide."""
import keras
import keras_tuner
import numpy as np


class Grouped(keras_tuner.HyperModel):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def build(self, hp):
        inputs = keras.Input(self.shape)
        x = keras.layers.Conv2D(hp.Choice("filters", [8, 12, 16]), 3, groups=1, padding="same")(inputs)
        x = keras.layers.Conv2D(8, 3, groups=hp.Choice("groups", [1, 2, 8]), padding="same")(x)
        x = keras.layers.GlobalAveragePooling2D()(x)
        model = keras.Model(inputs, keras.layers.Dense(1)(x))
        model.compile(optimizer="rmsprop", loss="mse")
        return model


if __name__ == "__main__":
    x, y = np.random.rand(12, 8, 8, 1), np.random.rand(12, 1)
    tuner = keras_tuner.GridSearch(Grouped((8, 8, 1)), objective="val_loss", max_trials=9, directory="g", overwrite=True)
    tuner.search(x, y, validation_data=(x, y), epochs=1, verbose=0)
    print([t.status for t in tuner.oracle.trials.values()])
