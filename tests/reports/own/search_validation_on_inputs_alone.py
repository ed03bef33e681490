import numpy as np
import keras
import keras_tuner as kt
from keras import layers

x = np.random.rand(200, 12).astype("float32")
y = np.random.randint(0, 2, size=(200,))
x_train, x_val = x[:160], x[160:]
y_train, y_val = y[:160], y[160:]


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input(shape=(12,)))
    for i in range(hp.Int("num_layers", 1, 3)):
        model.add(layers.Dense(hp.Int(f"units_{i}", 8, 32, step=8), activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=4, directory="t", project_name="a")
tuner.search(x_train, y_train, epochs=3, validation_data=(x_val), verbose=0)
