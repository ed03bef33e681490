"""Two outputs, one flat list of metrics, as Keras 2 took it."""
import numpy as np
import keras
from keras import layers
import keras_tuner as kt

X = np.random.rand(120, 10)
ya = np.random.rand(120, 1)
yb = np.random.randint(0, 2, (120, 1))

def build(hp):
    i = keras.Input((10,))
    h = layers.Dense(hp.Int("h", 8, 64, 8), activation="relu")(i)
    a = layers.Dense(1, name="price")(h)
    b = layers.Dense(1, activation="sigmoid", name="sold")(h)
    m = keras.Model(i, [a, b])
    m.compile("adam", loss={"price": "mse", "sold": "binary_crossentropy"}, metrics=["mae"])
    return m

tuner = kt.RandomSearch(build, objective="val_loss", max_trials=3)
tuner.search(X, {"price": ya, "sold": yb}, epochs=2, validation_split=0.25)
