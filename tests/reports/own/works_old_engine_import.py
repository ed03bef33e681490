"""sentdex, 2019: the tuner and its hyperparameters by their first names."""
from tensorflow import keras
from tensorflow.keras.layers import Dense, Flatten, Activation
from kerastuner.tuners import RandomSearch
from kerastuner.engine.hyperparameters import HyperParameter
import numpy as np
import time

LOG_DIR = f"{int(time.time())}"
x_train, y_train = np.random.rand(32, 8, 8), np.random.randint(0, 10, 32)


def build_model(hp):
    model = keras.models.Sequential()
    model.add(Flatten(input_shape=x_train.shape[1:]))
    for i in range(hp.Int("n_layers", 1, 3)):
        model.add(Dense(hp.Int(f"dense_{i}_units", min_value=8, max_value=32, step=8)))
        model.add(Activation("relu"))
    model.add(Dense(10))
    model.add(Activation("softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = RandomSearch(build_model, objective="val_accuracy", max_trials=1, executions_per_trial=1, directory=LOG_DIR)
tuner.search(x=x_train, y=y_train, verbose=2, epochs=1, batch_size=16, validation_data=(x_train, y_train))
