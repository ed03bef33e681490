"""A convolutional network whose depth and kernel leave no pixels in some corners of the space."""

import keras
import keras_tuner as kt
from keras import layers


def build_model(hp):
    blocks = hp.Int("blocks", 1, 4)
    kernel = hp.Choice("kernel", [3, 5, 7])
    inputs = keras.Input(shape=(32, 32, 3))
    x = inputs
    for i in range(blocks):
        x = layers.Conv2D(hp.Int(f"filters_{i}", 16, 64, step=16), kernel, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(hp.Float("dropout", 0.0, 0.5))(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(hp.Float("learning_rate", 1e-4, 1e-2, sampling="log")),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
    tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=20, overwrite=True)
    tuner.search(x_train / 255.0, y_train, epochs=5, validation_data=(x_test / 255.0, y_test))
