import numpy as np
import tensorflow as tf
import keras_tuner as kt

x = np.random.rand(300, 128, 9).astype("float32")
y = np.random.randint(0, 6, 300)


def model_builder(hp):
    model = tf.keras.Sequential([
        tf.keras.layers.Input(shape=(128, 9)),
        tf.keras.layers.Conv1D(hp.Int("filters", 16, 64, step=16), kernel_size=hp.Choice("ks", [3, 5, 9])),
        tf.keras.layers.GlobalAveragePooling1D(),
        tf.keras.layers.Dense(6),
    ])
    model.compile(
        optimizer="adam",
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


tuner = kt.GridSearch(model_builder, objective="val_accuracy", project_name="har", overwrite=True)
tuner.search(x, y, epochs=5, validation_split=0.2)
