"""tf.data from a generator, zipped, prefetched, with its own validation."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE


def rows(n):
    def make():
        rng = np.random.default_rng(n)
        for _ in range(n):
            yield rng.random(7), rng.integers(0, 3)
    return make


def dataset(n, training=False):
    ds = tf.data.Dataset.from_generator(rows(n), output_signature=(tf.TensorSpec((7,), tf.float32), tf.TensorSpec((), tf.int32)))
    if training:
        ds = ds.shuffle(64)
    return ds.batch(8).cache().prefetch(AUTOTUNE)


def build_model(hp):
    inputs = keras.Input(shape=(7,))
    x = inputs
    for i in range(hp.Int("depth", 1, 2)):
        x = keras.layers.Dense(hp.Int(f"units_{i}", 8, 16, step=8), activation="gelu")(x)
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    model.compile("adamw", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=2, overwrite=True, project_name="gen")
tuner.search(dataset(32, training=True), validation_data=dataset(16), epochs=2, verbose=0)
