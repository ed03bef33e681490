import keras_tuner as kt
import numpy as np
import tensorflow as tf
from losses_of_mine import dice, focal
from tensorflow.keras import backend as K
from tensorflow.keras import layers


def load():
    global volumes, masks
    K.set_image_data_format("channels_first")
    volumes, masks = np.zeros((20, 2, 64, 32)), np.zeros((20, 9))


load()
lost = 0.3 * dice(smooth=1) + 0.7 * focal()


def build_model(hp):
    inputs = layers.Input((2, 64, 32))
    x = layers.Conv2D(hp.Int("filters", 8, 32, step=8), 5, padding="same")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, hp.Choice("kernel", [3, 5, 7]))(x)
    x = layers.MaxPooling2D(2)(x)
    outputs = layers.Dense(9)(layers.Flatten()(x))
    model = tf.keras.Model(inputs, outputs)
    model.compile("adam", loss=lost)
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=5, overwrite=True)
tuner.search(volumes, masks, validation_split=0.2)
