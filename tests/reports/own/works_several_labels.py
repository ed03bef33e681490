"""Several labels for each sample, each with a sigmoid."""
import keras
import numpy as np
import keras_tuner as kt

def build(hp):
    model = keras.Sequential([
        keras.Input((7,)),
        keras.layers.Dense(hp.Int("u", 4, 8, 2), activation="relu"),
        keras.layers.Dense(5, activation="sigmoid"),
    ])
    model.compile("adam", loss="binary_crossentropy", metrics=[keras.metrics.AUC(multi_label=True, name="auc"), keras.metrics.BinaryAccuracy()])
    return model

y = np.random.randint(0, 2, (70, 5))
x = np.random.rand(70, 7)
tuner = kt.RandomSearch(build, objective=kt.Objective("val_auc", "max"), max_trials=3, overwrite=True, allow_new_entries=True)
tuner.search(x, y, validation_split=0.2, epochs=1)
