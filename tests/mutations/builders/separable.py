import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((12, 15, 15, 3), dtype="float32")
y = keras.utils.to_categorical(np.arange(12) % 5, 5)


def build_model(hp):
    inputs = keras.Input((15, 15, 3))
    h = layers.SeparableConv2D(6, hp.Choice("kernel", [3, 5]), strides=hp.Int("stride", 1, 2))(inputs)
    h = layers.DepthwiseConv2D(3)(h)
    h = layers.GlobalAveragePooling2D()(h)
    outputs = layers.Dense(5, activation="softmax")(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="sgd", loss="categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
