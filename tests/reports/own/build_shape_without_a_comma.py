import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
import keras_tuner as kt

data = np.random.rand(64, 9)
labels = np.random.randint(0, 4, 64)
x_train, x_val = data[:48], data[48:]
y_train, y_val = labels[:48], labels[48:]


def build(hp):
    model = keras.Sequential([
        layers.Dense(hp.Int("units", 8, 32, 8), activation="relu", input_shape=(x_train.shape[1])),
        layers.Dropout(hp.Float("dropout", 0, 0.5, step=0.25)),
        layers.Dense(4, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.Hyperband(build, objective="val_accuracy", max_epochs=4, factor=2, directory="hb", project_name="shape")
tuner.search(x_train, y_train, validation_data=(x_val, y_val))
