import numpy as np
import keras
from keras_tuner import HyperModel, Hyperband

class CNNHyperModel(HyperModel):
    def __init__(self, input_shape, num_classes):
        self.input_shape = input_shape
        self.num_classes = num_classes

    def build(self, hp):
        model = keras.Sequential()
        model.add(keras.layers.Input(self.input_shape))
        model.add(keras.layers.Conv2D(hp.Choice("f", [8, 16]), 3, activation="relu"))
        model.add(keras.layers.MaxPooling2D())
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dense(self.num_classes, activation="softmax"))
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

x, y = np.random.rand(40, 10, 10, 3), np.random.randint(0, 5, 40)
hypermodel = CNNHyperModel(input_shape=(10, 10, 3))
tuner = Hyperband(hypermodel, objective="val_accuracy", max_epochs=2, directory="o9", overwrite=True)
tuner.search(x, y, epochs=2, validation_split=0.2, verbose=0)
