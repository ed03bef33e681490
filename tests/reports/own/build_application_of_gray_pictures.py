"""Transfer learning on small gray pictures."""
import numpy as np
import keras
import keras_tuner as kt
from keras.applications import MobileNetV2


def build(hp):
    base = MobileNetV2(include_top=False, weights=None, input_shape=(28, 28, 1), pooling="avg")
    base.trainable = False
    x = keras.layers.Dropout(hp.Float("dropout", 0.1, 0.5, step=0.2))(base.output)
    model = keras.Model(base.input, keras.layers.Dense(5, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-3, 1e-4])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


images, labels = np.random.rand(16, 28, 28, 1), np.random.randint(0, 5, 16)
tuner = kt.Hyperband(build, objective="val_accuracy", max_epochs=2, directory="mobile", overwrite=True)
tuner.search(images, labels, validation_split=0.25, verbose=0)
