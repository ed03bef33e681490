import numpy as np, keras, keras_tuner as kt
from keras import layers, ops


class Rescale(layers.Layer):
    """Brings pictures of 0..255 to 0..1, and leaves others."""

    def call(self, images):
        if ops.max(images) > 1.0:
            images = images / 255.0
        return images


def build(hp: kt.HyperParameters) -> keras.Model:
    inputs = keras.Input((12, 12, 3), name="pictures")
    x = Rescale()(inputs) if hp.Boolean("rescale") else inputs
    x = layers.Conv2D(hp.Int("filters", 4, 16, step=4), 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(2, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["acc"])
    return model


images = np.random.randint(0, 256, (48, 12, 12, 3)).astype("float32")
cats = np.random.randint(0, 2, 48)
tuner = kt.RandomSearch(build, "val_acc", max_trials=5, directory="d8", overwrite=True)
tuner.search(images, cats, validation_split=0.25, epochs=1, verbose=0)
