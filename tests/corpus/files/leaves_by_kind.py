import glob
import os

import cv2
import keras
import keras_tuner as kt
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split

SIDE = 48
pictures, kinds = [], []
for kind, name in enumerate(["oak", "elm", "ash"]):
    for path in glob.glob(os.path.join("leaves", name, "*.png")):
        picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        pictures.append(cv2.resize(picture, (SIDE, SIDE)))
        kinds.append(kind)
x = np.array(pictures).reshape(-1, SIDE, SIDE, 1) / 255.0
y = np.array(kinds)
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2)


def build_model(hp):
    model = keras.Sequential([keras.Input(x_train.shape[1:])])
    for i in range(hp.Int("stages", 1, 4)):
        model.add(layers.Conv2D(hp.Choice("filters", [8, 16]), 3, activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(3, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=5, overwrite=True)
tuner.search(x_train, y_train, validation_data=(x_val, y_val))
