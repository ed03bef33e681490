"""A `Choice` of numbers and names: Keras Tuner refuses it when the function is first called."""

import keras
import keras_tuner


def build_model(hp):
    initializer = hp.Choice("kernel_initializer", [1, 2, "glorot_uniform", "he_normal"])
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Conv2D(32, 3, kernel_initializer=initializer, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    tuner = keras_tuner.RandomSearch(build_model, objective="val_accuracy", max_trials=8, overwrite=True)
    tuner.search(x_train[..., None], y_train, epochs=2, validation_data=(x_test[..., None], y_test))
