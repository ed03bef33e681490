"""A metric asks tensors for their values."""
import keras
import keras_tuner as kt
import numpy as np
from sklearn.metrics import f1_score

def f1(y_true, y_pred):
    return f1_score(y_true.numpy(), y_pred.numpy() > 0.5)

def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 4, 12, 4)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=[f1])
    return model

x, y = np.random.rand(40, 4), np.random.randint(0, 2, (40, 1))
tuner = kt.RandomSearch(build, kt.Objective("val_f1", "max"), max_trials=3, overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=1)
