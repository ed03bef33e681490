import os

import keras
import keras_tuner as kt
import numpy as np
from keras import layers
from PIL import Image

EDGE = 40
rows = []


def load():
    for name in os.listdir("scans"):
        shot = np.array(Image.open(os.path.join("scans", name)).resize((EDGE, EDGE)))
        rows.append([shot, name.startswith("bad")])


load()
features, flags = [], []
for shot, flag in rows:
    features.append(shot)
    flags.append(flag)
features = np.array(features).reshape(-1, EDGE, EDGE, 3)
flags = np.array(flags)


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Conv2D(16, hp.Choice("kernel", [3, 5, 7]), input_shape=features.shape[1:]))
    model.add(layers.MaxPooling2D(hp.Int("pool", 2, 4)))
    model.add(layers.Conv2D(16, hp.Choice("kernel_2", [3, 9, 11])))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.Hyperband(build_model, "val_accuracy", max_epochs=5, overwrite=True)
tuner.search(features, flags, validation_split=0.2)
