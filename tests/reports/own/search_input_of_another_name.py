"""An input is called otherwise than the column of the data."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf

features = {"age": np.random.rand(40, 1), "fare": np.random.rand(40, 1)}
labels = np.random.randint(0, 2, 40)
train = tf.data.Dataset.from_tensor_slices((features, labels)).batch(8)

def build_model(hp):
    age = keras.Input((1,), name="age")
    fare = keras.Input((1,), name="price")
    x = keras.layers.concatenate([age, fare])
    x = keras.layers.Dense(hp.Int("units", 4, 12, 4), activation="relu")(x)
    model = keras.Model([age, fare], keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model

tuner = kt.RandomSearch(build_model, "val_accuracy", max_trials=3, overwrite=True)
tuner.search(train, validation_data=train, epochs=1)
