import keras
import keras_tuner as kt
import numpy as np

x, y = np.random.rand(40, 5), np.random.rand(40, 1)

reference = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
reference.compile(loss="mse")
print(reference.evaluate(x, y))
keras.backend.clear_session()


def build_model(hp):
    model = keras.Sequential([keras.Input((5,))])
    model.add(keras.layers.Dense(hp.Int("units", 4, 12, step=4), activation="relu", name="dense_1"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3, overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
