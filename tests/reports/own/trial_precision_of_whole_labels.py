import numpy as np
import tensorflow as tf
import keras_tuner as kt

images = np.random.rand(40, 12, 12, 1).astype("float32")
digits = np.random.randint(0, 5, (40,))


def build_model(hp):
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(hp.Choice("filters", [4, 8, 16]), 3, activation="relu", input_shape=(12, 12, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(5, activation="softmax"),
    ])
    model.compile(
        optimizer=tf.keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy", tf.keras.metrics.Precision(), tf.keras.metrics.Recall()],
    )
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=3, directory="d", project_name="prec", overwrite=True)
tuner.search(images, digits, epochs=1, validation_split=0.2)
