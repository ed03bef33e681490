"""class_weight and sample rows in a main guard."""
import numpy as np
from tensorflow import keras
import keras_tuner as kt


def build(hp):
    m = keras.Sequential()
    m.add(keras.layers.Input((6,)))
    for i in range(hp.Int("layers", 1, 3)):
        m.add(keras.layers.Dense(hp.Int(f"units_{i}", 4, 12, step=4), activation="relu"))
        if hp.Boolean("dropout"):
            m.add(keras.layers.Dropout(0.25))
    m.add(keras.layers.Dense(1, activation="sigmoid"))
    m.compile(keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "binary_crossentropy", metrics=["accuracy"])
    return m


def main():
    x, y = np.random.rand(40, 6), np.random.randint(0, 2, 40)
    tuner = kt.RandomSearch(build, objective="val_accuracy", max_trials=3, directory="cw", project_name="weights", overwrite=True)
    tuner.search(x, y, epochs=1, validation_split=0.2, class_weight={0: 1.0, 1: 3.0}, verbose=0)
    tuner.results_summary()


if __name__ == "__main__":
    main()
