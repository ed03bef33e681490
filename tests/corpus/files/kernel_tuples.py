import keras
from keras import layers
import keras_tuner as kt


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1)))
    model.add(layers.Conv2D(32, kernel_size=hp.Choice("kernel", [(3, 3), (5, 5)]), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=2, overwrite=True)
