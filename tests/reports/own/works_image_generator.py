"""ImageDataGenerator, flow from arrays."""
import numpy as np
import keras_tuner as kt
from tensorflow import keras

pictures, labels = np.random.rand(24, 12, 12, 3), keras.utils.to_categorical(np.random.randint(0, 2, 24), 2)
augment = keras.preprocessing.image.ImageDataGenerator(horizontal_flip=True, validation_split=0.25)
train = augment.flow(pictures, labels, batch_size=6, subset="training")
val = augment.flow(pictures, labels, batch_size=6, subset="validation")


class Net(kt.HyperModel):
    def __init__(self, classes):
        self.classes = classes

    def build(self, hp):
        m = keras.Sequential([keras.layers.Input((12, 12, 3))])
        m.add(keras.layers.Conv2D(hp.Choice("maps", [2, 4]), 3, activation="relu"))
        m.add(keras.layers.MaxPooling2D())
        m.add(keras.layers.Flatten())
        m.add(keras.layers.Dense(self.classes, activation="softmax"))
        m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        return m


tuner = kt.RandomSearch(Net(2), "val_accuracy", max_trials=2, directory="ig", overwrite=True)
tuner.search(train, validation_data=val, epochs=1, verbose=0)
