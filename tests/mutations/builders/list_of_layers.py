import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 14, 14, 1), dtype="float32")
y = keras.utils.to_categorical(np.arange(16) % 4, 4)


def build_model(hp):
    stack = [keras.Input((14, 14, 1))]
    for i in range(hp.Int("count", 1, 2)):
        stack.append(layers.Conv2D(4, hp.Choice("kernel", [3, 5]), activation="relu"))
        stack.append(layers.MaxPooling2D(2))
    stack.append(layers.Flatten())
    stack.append(layers.Dense(4, activation="softmax"))
    model = keras.Sequential(stack)
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
