import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 12, 12, 4), dtype="float32")
y = np.arange(16) % 3


def build_model(hp):
    inputs = keras.Input((12, 12, 4))
    h = inputs
    for i in range(hp.Int("blocks", 1, 3)):
        inner = layers.Conv2D(4, hp.Choice("kernel", [3, 5]), padding="same", activation="relu")(h)
        h = layers.Add()([h, inner])
    h = layers.GlobalAveragePooling2D()(h)
    outputs = layers.Dense(3, activation="softmax")(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
