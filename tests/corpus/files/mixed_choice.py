import tensorflow as tf
import keras_tuner as kt


def build_model(hp):
    model = tf.keras.Sequential()
    model.add(tf.keras.layers.Conv2D(
        hp.Int("filters", 16, 64, step=16), 3, activation="relu", input_shape=(32, 32, 3),
        kernel_initializer=hp.Choice("kernel_initializer", [1, 2, "glorot_uniform", "he_normal"])))
    model.add(tf.keras.layers.GlobalAveragePooling2D())
    model.add(tf.keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=5, project_name="cifar")
