import numpy as np, tensorflow as tf, keras, keras_tuner as kt
rng = np.random.default_rng(0)
x = rng.random((200, 8, 8, 1), dtype="float32"); y = rng.integers(0, 10, 200)
whole = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(200, seed=3, reshuffle_each_iteration=False)
train = whole.take(160).shuffle(160).batch(20).cache().prefetch(tf.data.AUTOTUNE)
val = whole.skip(160).batch(20)
def build(hp):
    inp = keras.Input((8, 8, 1))
    h = keras.layers.Conv2D(hp.Choice("filters", [4, 8]), 3, activation="relu")(inp)
    h = keras.layers.Flatten()(h)
    m = keras.Model(inp, keras.layers.Dense(10, activation="softmax")(h))
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m
tuner = kt.GridSearch(build, "val_accuracy", directory="w", project_name="ok2", overwrite=True)
tuner.search(train, validation_data=val, epochs=2, verbose=0)
