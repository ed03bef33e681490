import keras
import keras_tuner as kt
import numpy as np
from tensorflow.keras.utils import multi_gpu_model, to_categorical
from tensorflow.keras.layers import Dense


def build_model(hp, gpus=False):
    model = keras.Sequential([keras.Input((6,)), Dense(hp.Int("units", 2, 8), activation="relu")])
    model.add(Dense(3, activation="softmax"))
    if gpus:
        model = multi_gpu_model(model, gpus=2)
    model.compile("adam", "categorical_crossentropy")
    return model


y = to_categorical(np.arange(90) % 3)
tuner = kt.RandomSearch(build_model, "val_loss", max_trials=4, overwrite=True)
tuner.search(np.zeros((90, 6)), y, validation_split=0.2)
