"""The best hyperparameters are asked for a name that was never declared."""
import keras
import keras_tuner as kt
import numpy as np


def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 4, 12, step=4), "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "mse")
    return model


tuner = kt.RandomSearch(build, "val_loss", max_trials=2, overwrite=True)
tuner.search(np.random.rand(24, 4), np.random.rand(24, 1), epochs=1, validation_split=0.25, verbose=0)
best = tuner.get_best_hyperparameters(1)[0]
print(f"units {best.get('units')}, rate {best.get('learning_rate')}")
