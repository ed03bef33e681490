import tensorflow as tf
import keras_tuner as kt


def build_model(hp):
    model = tf.keras.Sequential([tf.keras.Input((10,))])
    model.add(tf.keras.layers.Dense(hp.Int("units", 4, 16, step=4)))
    model.add(tf.keras.layers.Dense(1))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=2)
