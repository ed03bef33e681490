import numpy as np, tensorflow as tf, keras, keras_tuner
from keras import layers

N = 200
pixels = np.random.rand(N, 8, 8, 1).astype("float32"); digit = np.random.randint(0, 10, N)
ds = tf.data.Dataset.from_tensor_slices((pixels, digit)).shuffle(N)
n_train = int(0.8 * N)
train_ds = ds.take(n_train).batch(20)
val_ds = ds.skip(n_train).batch(20)

class Digits(keras_tuner.HyperModel):
    def build(self, hp):
        i = keras.Input((8, 8, 1))
        x = layers.Conv2D(hp.Choice("filters", [4, 8]), 3, activation="relu")(i)
        x = layers.Flatten()(x)
        o = layers.Dense(10, activation="softmax")(x)
        m = keras.Model(i, o)
        m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return m

tuner = keras_tuner.GridSearch(Digits(), objective="val_accuracy", directory="w", project_name="leak", overwrite=True)
tuner.search(train_ds, validation_data=val_ds, epochs=2, verbose=0)
tuner.results_summary()
