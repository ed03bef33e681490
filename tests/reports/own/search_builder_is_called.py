import numpy as np
import keras
import keras_tuner as kt


def build_model(hp, n_classes):
    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(hp.Int("units", 16, 48, 16), activation="relu"), keras.layers.Dense(n_classes, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


x, y = np.random.rand(40, 16), keras.utils.to_categorical(np.random.randint(0, 3, 40), 3)
tuner = kt.RandomSearch(build_model(kt.HyperParameters(), 3), objective="val_accuracy", max_trials=3, directory="called", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.2)
