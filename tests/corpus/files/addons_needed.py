import tensorflow as tf
import tensorflow_addons as tfa
import keras_tuner as kt


def build_model(hp):
    model = tf.keras.Sequential([tf.keras.Input((32,))])
    model.add(tfa.layers.WeightNormalization(tf.keras.layers.Dense(hp.Int("units", 8, 32, step=8))))
    model.add(tf.keras.layers.Dense(1))
    model.compile(optimizer=tfa.optimizers.RectifiedAdam(1e-3), loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=4, overwrite=True)
