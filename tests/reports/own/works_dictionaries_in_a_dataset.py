"""Two named inputs and two named outputs out of one data set."""
import keras
import keras_tuner as kt
import numpy as np
import tensorflow as tf


def table(n):
    x = {"numeric": np.random.rand(n, 4).astype("float32"), "kinds": np.random.randint(0, 6, (n, 1))}
    y = {"price": np.random.rand(n, 1).astype("float32"), "sold": np.random.randint(0, 2, (n, 1)).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(8)


def build(hp):
    numeric, kinds = keras.Input((4,), name="numeric"), keras.Input((1,), name="kinds", dtype="int64")
    x = keras.layers.Concatenate()([numeric, keras.layers.Flatten()(keras.layers.Embedding(6, hp.Int("embedding", 2, 4))(kinds))])
    x = keras.layers.Dense(hp.Int("units", 4, 12, step=4), activation="relu")(x)
    outputs = {"price": keras.layers.Dense(1, name="price")(x), "sold": keras.layers.Dense(1, activation="sigmoid", name="sold")(x)}
    model = keras.Model({"numeric": numeric, "kinds": kinds}, outputs)
    model.compile("adam", loss={"price": "mse", "sold": "binary_crossentropy"}, metrics={"sold": ["accuracy"]})
    return model


tuner = kt.RandomSearch(build, kt.Objective("val_sold_accuracy", "max"), max_trials=3, directory="table", overwrite=True)
tuner.search(table(40), validation_data=table(16), epochs=1, verbose=0)
