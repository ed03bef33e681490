import numpy as np
import keras
from keras import layers
import keras_tuner as kt

images, tables, prices = (np.load(f"{name}.npy") for name in ("images", "tables", "prices"))


# hypershape: x=[(32, 32, 3), (12,)] y=(1,)
def build_model(hp):
    image = keras.Input((32, 32, 3))
    table = keras.Input((10,))
    a = layers.Flatten()(layers.Conv2D(hp.Int("filters", 8, 16, step=8), 3, activation="relu")(image))
    b = layers.Dense(hp.Int("units", 8, 16, step=8), activation="relu")(table)
    model = keras.Model([image, table], layers.Dense(1)(layers.concatenate([a, b])))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=4, overwrite=True)
tuner.search([images, tables], prices, validation_split=0.2)
