"""Written for the Keras before this one, which is not installed: what this Keras refuses, that one may take."""

import keras_tuner as kt
import tf_keras
from tf_keras import layers
from tf_keras.src.utils import metrics_utils


def build_model(hp):
    model = tf_keras.Sequential([layers.Input((12,))])
    model.add(layers.Dense(hp.Int("units", 8, 64, step=8), activation="relu"))
    if hp.Boolean("frozen"):
        model.add(layers.Dense(16, weights=metrics_utils.frozen(12)))
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=5, overwrite=True)
