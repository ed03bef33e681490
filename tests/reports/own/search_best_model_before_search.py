"""The best model is asked for before the search."""
import numpy as np
import keras
from keras import layers
import keras_tuner as kt
x_train = np.random.rand(200, 12).astype("float32")
y_train = np.random.randint(0, 3, 200)
x_val = np.random.rand(60, 12).astype("float32")
y_val = np.random.randint(0, 3, 60)

def build(hp):
    m = keras.Sequential([keras.Input((12,)), layers.Dense(hp.Int("u", 8, 32, 8), "relu"), layers.Dense(3, "softmax")])
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m

tuner = kt.RandomSearch(build, "val_accuracy", max_trials=3, overwrite=True)
best_model = tuner.get_best_models(num_models=1)[0]
tuner.search(x_train, y_train, epochs=1, validation_data=(x_val, y_val))
