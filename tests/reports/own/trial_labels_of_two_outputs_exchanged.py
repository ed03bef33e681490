import numpy as np
import tensorflow as tf
import keras
from keras import layers
import keras_tuner as kt

"""Two heads: how old, and which of three kinds."""
features = np.random.rand(72, 9).astype("float32")
age = np.random.rand(72).astype("float32") * 80
kind = np.random.randint(0, 3, 72)

dataset = tf.data.Dataset.from_tensor_slices((features, (kind, age))).batch(12)
train, val = dataset.skip(1), dataset.take(1)


def build(hp):
    inputs = keras.Input((9,))
    shared = layers.Dense(hp.Int("shared", 8, 24, step=8), activation="relu")(inputs)
    age_head = layers.Dense(1, name="age")(shared)
    kind_head = layers.Dense(3, activation="softmax", name="kind")(shared)
    model = keras.Model(inputs, [age_head, kind_head])
    model.compile(
        optimizer=hp.Choice("optimizer", ["adam", "rmsprop"]),
        loss=["mse", "sparse_categorical_crossentropy"],
        loss_weights=[0.1, 1.0],
        metrics=[["mae"], ["accuracy"]],
    )
    return model


tuner = kt.RandomSearch(build, objective=kt.Objective("val_kind_accuracy", "max"), max_trials=4, directory="out", project_name="f12", overwrite=True)
tuner.search(train, validation_data=val, epochs=2, verbose=0)
tuner.results_summary(1)
