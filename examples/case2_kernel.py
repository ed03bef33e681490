"""A convolution with a kernel from 3 to 10: nothing fails, but 10 is never drawn."""

import keras
import keras_tuner


def build_model(hp):
    model = keras.Sequential()
    model.add(keras.Input(shape=(28, 28, 1)))
    model.add(
        keras.layers.Conv2D(
            filters=hp.Int("filters_1", 16, 64, step=16),
            kernel_size=hp.Int("kernel_size", min_value=3, max_value=10, step=2),
            activation="relu",
        )
    )
    model.add(keras.layers.MaxPooling2D(2))
    model.add(keras.layers.Conv2D(hp.Int("filters_2", 16, 64, step=16), 3, activation="relu"))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    tuner = keras_tuner.RandomSearch(build_model, objective="val_accuracy", max_trials=8, overwrite=True)
    tuner.search(x_train[..., None], y_train, epochs=2, validation_data=(x_test[..., None], y_test))
