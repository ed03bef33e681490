import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((20, 20, 20, 3), dtype="float32")
y = keras.utils.to_categorical(np.arange(20) % 3, 3)


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input((20, 20, 3)))
    for i in range(hp.Int("blocks", 1, 2)):
        model.add(layers.Conv2D(8, hp.Choice(f"kernel_{i}", [3, 5]), activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
