import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x = np.random.default_rng(1).random((16, 8, 4), dtype="float32")
y = np.arange(16) % 2


def build_model(hp):
    inputs = keras.Input((8, 4))
    h = layers.MultiHeadAttention(num_heads=hp.Choice("heads", [1, 2]), key_dim=4)(inputs, inputs)
    h = layers.LayerNormalization()(layers.Add()([inputs, h]))
    h = layers.Flatten()(h)
    h = layers.Dense(hp.Int("units", 4, 8, step=4))(h)
    outputs = layers.Dense(2, activation="softmax")(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, objective="loss", max_trials=5, overwrite=True)
tuner.search(x, y, epochs=2)
