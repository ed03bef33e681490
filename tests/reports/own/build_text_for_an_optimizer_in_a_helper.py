import numpy as np
import keras
import keras_tuner as kt
from keras import layers

LOSSES = ["mse", "mae", "rmse"]


def compiled(model, optimizer, loss, lr):
    if lr:
        optimizer.learning_rate = lr
    model.compile(optimizer=optimizer, loss=loss, metrics=["mae"])
    return model


def build_model(hp):
    optimizer = hp.Choice("optimizer", ["adam", "sgd", "rmsprop"])
    loss = hp.Choice("loss", LOSSES)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(hp.Int("units", 4, 16, 4), activation="relu"), layers.Dense(1)])
    lr = hp.Float("lr", 1e-4, 1e-2, sampling="log")
    return compiled(model, optimizer, loss, lr)


tuner = kt.RandomSearch(build_model, "val_mae", max_trials=6, overwrite=True)
tuner.search(np.random.rand(50, 4), np.random.rand(50), validation_split=0.2, epochs=2, verbose=0)
