"""The validation part of a split dataset is never put into batches."""
import tensorflow as tf
import keras_tuner as kt

features = tf.random.normal((64, 7))
labels = tf.random.uniform((64,), maxval=3, dtype=tf.int32)
full = tf.data.Dataset.from_tensor_slices((features, labels))
train_ds = full.take(48).shuffle(48).batch(16)
val_ds = full.skip(48)


def make_model(hp):
    model = tf.keras.Sequential([
        tf.keras.layers.Input(shape=(7,)),
        tf.keras.layers.Dense(hp.Int("units", 8, 24, step=8), activation="relu"),
        tf.keras.layers.Dense(3),
    ])
    model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(make_model, "val_accuracy", max_trials=3, overwrite=True, directory="out")
tuner.search(train_ds, validation_data=val_ds, epochs=1, verbose=0)
