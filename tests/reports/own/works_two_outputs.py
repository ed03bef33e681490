import numpy as np
import keras
import keras_tuner as kt
from keras import layers, ops



def build_model(hp):
    inputs = keras.Input((4,))
    hidden = layers.Dense(hp.Int("units", 2, 8, step=2))(inputs)
    model = keras.Model(inputs, {"a": layers.Dense(1, name="a")(hidden), "b": layers.Dense(1, name="b")(hidden)})
    model.compile("adam", loss={"a": "mse", "b": "mae"})
    return model


x, y = np.random.rand(24, 4), np.random.rand(24, 1)
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=3, directory="out", project_name="p", overwrite=True)
tuner.search(x, {"a": y, "b": y}, epochs=1, validation_split=0.25, verbose=0)
