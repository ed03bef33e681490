import numpy as np
import keras
import keras_tuner as kt

# three machines, recorded one after the other
healthy = np.random.normal(0.0, 1.0, (60, 12))
worn = np.random.normal(1.0, 1.0, (60, 12))
broken = np.random.normal(2.0, 1.0, (60, 12))
features = np.vstack([healthy, worn, broken])
condition = np.array([0] * 60 + [1] * 60 + [2] * 60)


def make(hp):
    net = keras.Sequential()
    net.add(keras.layers.Input(shape=(12,)))
    for k in range(hp.Int("hidden", 1, 3)):
        net.add(keras.layers.Dense(hp.Int(f"size_{k}", 8, 32, 8), "relu"))
    net.add(keras.layers.Dense(3, "softmax"))
    net.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


search = kt.RandomSearch(make, "val_accuracy", max_trials=5, overwrite=True, directory="cond")
search.search(features, condition, epochs=3, validation_split=0.3, verbose=0)
print([t.score for t in search.oracle.get_best_trials(5)])
