import keras
from keras import layers
import keras_tuner


def build_model(hp):
    model = keras.Sequential([keras.Input(shape=(20,))])
    model.add(layers.Dense(units=(hp.Int("units", 32, 128, step=32), 64), activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="val_accuracy", max_trials=3)
