"""A dataset without end that brings weights of its samples."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

x, y, w = np.random.rand(60, 4).astype("float32"), np.random.randint(0, 3, 60), np.random.rand(60)
train = tf.data.Dataset.from_tensor_slices((x, y, w)).shuffle(60).batch(10).repeat()
val = tf.data.Dataset.from_tensor_slices((x, y)).batch(10)

def build(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("u", 3, 9, 3), "relu"), keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    return model

tuner = kt.RandomSearch(build, "val_accuracy", 2, overwrite=True)
tuner.search(train, steps_per_epoch=6, epochs=2, validation_data=val, validation_steps=3)
