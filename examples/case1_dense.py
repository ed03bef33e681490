"""Two dense layers whose sizes are drawn independently: every combination builds."""

import keras
import keras_tuner


def build_model(hp):
    units_1 = hp.Int("units_1", min_value=32, max_value=256, step=32)
    units_2 = hp.Int("units_2", min_value=32, max_value=256, step=32)
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(units_1, activation="relu"),
            keras.layers.Dense(units_2, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
    tuner = keras_tuner.RandomSearch(build_model, objective="val_accuracy", max_trials=10, overwrite=True)
    tuner.search(x_train / 255.0, y_train, epochs=3, validation_data=(x_test / 255.0, y_test))
