"""class_weight for a model with two outputs."""
import keras
import keras_tuner as kt
import numpy as np

def build(hp):
    i = keras.Input((6,))
    h = keras.layers.Dense(hp.Int("u", 4, 12, 4), activation="relu")(i)
    model = keras.Model(i, [keras.layers.Dense(1, "sigmoid", name="a")(h), keras.layers.Dense(1, "sigmoid", name="b")(h)])
    model.compile("adam", loss="binary_crossentropy")
    return model

x = np.random.rand(40, 6)
y = np.random.randint(0, 2, (40, 1))
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, overwrite=True)
tuner.search(x, [y, y], validation_split=0.2, epochs=1, class_weight={0: 1.0, 1: 2.0})
