"""Two inputs, two outputs, the objective named as Keras names it."""
import numpy as np
import keras
import keras_tuner as kt

x = {"text": np.random.randint(0, 50, (24, 6)), "age": np.random.rand(24, 1)}
y = {"price": np.random.rand(24, 1), "kind": np.random.randint(0, 3, 24)}


def build(hp):
    text, age = keras.Input((6,), dtype="int32", name="text"), keras.Input((1,), name="age")
    t = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(50, hp.Choice("width", [2, 4]))(text))
    h = keras.layers.Dense(hp.Int("n", 4, 8, 4), "relu")(keras.layers.Concatenate()([t, age]))
    outputs = {"price": keras.layers.Dense(1, name="price")(h), "kind": keras.layers.Dense(3, "softmax", name="kind")(h)}
    m = keras.Model({"text": text, "age": age}, outputs)
    m.compile("adam", loss={"price": "mse", "kind": "sparse_categorical_crossentropy"}, metrics={"kind": ["accuracy"]})
    return m


tuner = kt.RandomSearch(build, kt.Objective("val_kind_accuracy", "max"), max_trials=3, directory="mo", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
