import keras
from keras import layers
import keras_tuner as kt


def build_model(hp):
    model = keras.Sequential([keras.Input((8,))])
    model.add(layers.Dense(hp.Int("units", 16, 64, step=16), activation="relu"))
    model.add(layers.Dense(1))
    if hp.Boolean("legacy"):
        optimizer = keras.optimizers.legacy.Adam(learning_rate=1e-3)
    else:
        optimizer = keras.optimizers.Adam(learning_rate=1e-3)
    model.compile(optimizer=optimizer, loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=6, overwrite=True)
