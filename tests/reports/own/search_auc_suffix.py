"""AUC without a name is called auc_1 from the second model on."""
import numpy as np
import keras
import keras_tuner as kt

x, y = np.random.rand(32, 4), np.random.randint(0, 2, 32)


def build(hp):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("n", 4, 12, 4), "relu"), keras.layers.Dense(1, "sigmoid")])
    m.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC()])
    return m


tuner = kt.RandomSearch(build, kt.Objective("val_auc_1", "max"), max_trials=3, directory="a", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
