"""tf.data with map, batch and prefetch."""
import numpy as np
import keras
import keras_tuner as kt
import tensorflow as tf


def prepare(image, label):
    return tf.cast(image, tf.float32) / 255.0, tf.one_hot(label, 3)


def dataset(n):
    images = np.random.randint(0, 255, (n, 8, 8, 1)).astype("uint8")
    labels = np.random.randint(0, 3, n)
    return tf.data.Dataset.from_tensor_slices((images, labels)).map(prepare).batch(4).prefetch(tf.data.AUTOTUNE)


def build(hp):
    m = keras.Sequential([keras.Input((8, 8, 1))])
    m.add(keras.layers.Conv2D(hp.Choice("maps", [2, 4]), hp.Choice("kernel", [3, 5]), activation="relu"))
    m.add(keras.layers.GlobalAveragePooling2D())
    m.add(keras.layers.Dense(3, activation="softmax"))
    m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return m


train, val = dataset(24), dataset(8)
tuner = kt.RandomSearch(build, "val_accuracy", max_trials=3, directory="td", overwrite=True)
tuner.search(train, validation_data=val, epochs=1, verbose=0, callbacks=[keras.callbacks.EarlyStopping(patience=1)])
best = tuner.get_best_models()[0]
print(best.evaluate(val, verbose=0))
