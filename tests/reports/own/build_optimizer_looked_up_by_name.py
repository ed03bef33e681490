import keras
import keras_tuner
import numpy as np


def make(hp):
    model = keras.models.Sequential()
    model.add(keras.layers.Input(shape=(20,)))
    for i in range(hp.Int("layers", 1, 3)):
        model.add(keras.layers.Dense(hp.Int(f"units_{i}", 16, 64, 16), activation=hp.Choice("activation", ["relu", "tanh"])))
    model.add(keras.layers.Dense(3, activation="softmax"))
    name = hp.Choice("optimizer", ["Adam", "SGD", "Rmsprop"])
    rate = hp.Float("rate", 1e-4, 1e-2, sampling="log")
    model.compile(optimizer=getattr(keras.optimizers, name)(learning_rate=rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


X = np.random.normal(size=(90, 20))
Y = np.random.randint(3, size=90)
search = keras_tuner.BayesianOptimization(make, "val_accuracy", max_trials=6, directory="tune", overwrite=True, seed=3)
search.search(X, Y, validation_split=0.2, epochs=1, verbose=0)
search.results_summary()
