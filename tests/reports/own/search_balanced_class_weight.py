import numpy as np
import keras
import keras_tuner as kt
from keras import layers

rng = np.random.default_rng(0)
X = rng.normal(size=(100, 6)).astype("float32")
y = (rng.random(100) > 0.8).astype("int32")


def build(hp: kt.HyperParameters) -> keras.Model:
    inputs = keras.Input(shape=(6,))
    x = layers.Dense(hp.Int("units", 4, 20, step=4), activation="relu")(inputs)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[keras.metrics.Recall(name="recall")])
    return model


tuner = kt.RandomSearch(build, kt.Objective("val_recall", "max"), max_trials=4, directory="rec", overwrite=True)
tuner.search(X, y, epochs=2, batch_size=16, validation_split=0.3, class_weight="balanced", verbose=0)
