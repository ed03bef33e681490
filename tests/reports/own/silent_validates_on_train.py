"""The training set is the validation set."""
import numpy as np
import keras
import keras_tuner as kt
import tensorflow as tf

features, target = np.random.rand(16, 5).astype("float32"), np.random.rand(16, 1).astype("float32")
dataset = tf.data.Dataset.from_tensor_slices((features, target)).batch(4)


def build(hp):
    m = keras.Sequential([keras.Input((5,)), keras.layers.Dense(hp.Int("n", 4, 8, 4)), keras.layers.Dense(1)])
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build, "val_loss", max_trials=2, directory="vt", overwrite=True)
tuner.search(dataset, validation_data=dataset, epochs=1, verbose=0)
